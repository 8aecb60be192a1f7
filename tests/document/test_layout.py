"""The declared layout: frozen once used, refused when incomplete."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import compress, decompress

import pytest
from pypdf import PdfReader

from certsvc.adapters.document.frozen import HEAD_FILE, draws_the_same
from certsvc.adapters.document.layout import compile_layout
from certsvc.adapters.document.writer import write_certificate
from certsvc.errors import ConfigurationError
from tests.document.samples import NOW, REGULAR, TEMPLATES, layout, signer, store

FOLDER = TEMPLATES / "certificate" / "v1"
COPY = TEMPLATES / "annotated-copy" / "v1"


def _spoiled(scratch: Path, spoil: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of the layout with one thing changed."""
    folder = scratch / "v1"
    shutil.copytree(FOLDER, folder)
    declared = json.loads((folder / "layout.json").read_text("utf-8"))
    spoil(declared)
    (folder / "layout.json").write_text(json.dumps(declared), "utf-8")
    return folder


def test_compiling_twice_gives_the_same_head() -> None:
    assert compile_layout(FOLDER, store()).head_sha256 == layout().head_sha256


def test_the_layout_in_force_is_frozen() -> None:
    assert layout().head == (FOLDER / HEAD_FILE).read_bytes()


def _move_the_seal(declared: dict[str, Any]) -> None:
    declared["seal"]["place"]["x"] += 1


def test_a_frozen_layout_cannot_be_changed(tmp_path: Path) -> None:
    folder = _spoiled(tmp_path, _move_the_seal)
    with pytest.raises(ConfigurationError, match="冻结"):
        compile_layout(folder, store())
    (folder / HEAD_FILE).unlink()
    assert compile_layout(folder, store()).head != layout().head


def test_another_compressor_gives_the_same_drawing_but_the_frozen_bytes_stay(tmp_path: Path) -> None:
    folder = tmp_path / "v1"
    shutil.copytree(FOLDER, folder)
    head = layout().head
    start = head.index(b"stream\n", head.index(b"4 0 obj\n")) + len(b"stream\n")
    end = head.index(b"\nendstream", start)
    packed = compress(decompress(head[start:end]), 1)
    spelled = head[:start].replace(
        b"/Length %d>>\nstream\n" % (end - start), b"/Length %d>>\nstream\n" % len(packed)
    )
    (folder / HEAD_FILE).write_bytes(spelled + packed + head[end:])
    frozen = compile_layout(folder, store())
    assert frozen.head != head
    raw = write_certificate(frozen, REGULAR, signer(), NOW)
    assert "吉林省专业技术职务任职资格证书" in PdfReader(BytesIO(raw), strict=True).pages[0].extract_text()


def _shrink_a_place(declared: dict[str, Any]) -> None:
    declared["fields"][0]["height"] -= 1


def test_a_frozen_layout_fixes_where_the_values_go_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="冻结"):
        compile_layout(_spoiled(tmp_path, _shrink_a_place), store())


def _spell_otherwise(declared: dict[str, Any]) -> None:
    declared["colours"] = dict(reversed(declared["colours"].items()))


def test_a_frozen_layout_may_be_spelled_otherwise(tmp_path: Path) -> None:
    assert compile_layout(_spoiled(tmp_path, _spell_otherwise), store()).head == layout().head


def test_a_copy_is_frozen_with_its_base(tmp_path: Path) -> None:
    shutil.copytree(COPY, tmp_path / "annotated-copy" / "v1")
    folder = _spoiled(tmp_path / "certificate", _shrink_a_place)
    assert folder == tmp_path / "certificate" / "v1"
    with pytest.raises(ConfigurationError, match="冻结"):
        compile_layout(tmp_path / "annotated-copy" / "v1", store())


@pytest.mark.parametrize(
    "raw", [b"", b"%PDF-1.7\n", layout().head[:-1], layout().head.replace(b"\n7 0 obj", b"\n8 0 obj")]
)
def test_broken_heads_are_told_apart(raw: bytes) -> None:
    assert not draws_the_same(raw, layout().head)


def test_the_title_is_the_one_of_the_notice() -> None:
    (title,) = layout().map.texts_before
    assert (title.text, title.role) == ("吉林省专业技术职务任职资格证书", "H1")


def test_the_head_is_lean() -> None:
    assert layout().head_length < 100_000


def _without_qr(declared: dict[str, Any]) -> None:
    del declared["qr"]


def _another_format(declared: dict[str, Any]) -> None:
    declared["format"] = "certsvc-layout/2"


def _unprintable(declared: dict[str, Any]) -> None:
    declared["texts_before"][0]["text"] = "吉林省𡉃"


@pytest.mark.parametrize("spoil", [_without_qr, _another_format, _unprintable])
def test_a_layout_that_cannot_be_printed_is_refused(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    folder = _spoiled(tmp_path, spoil)
    with pytest.raises(ConfigurationError, match="版式"):
        compile_layout(folder, store())


def _unknown_base(declared: dict[str, Any]) -> None:
    declared["based_on"] = "certificate/v0"


def _base_outside(declared: dict[str, Any]) -> None:
    declared["based_on"] = "../certificate/v1"


def _changes_nothing_known(declared: dict[str, Any]) -> None:
    declared["changes"]["fields"]["nickname"] = {"y": 1}


def _heading_of_nothing(declared: dict[str, Any]) -> None:
    declared["adds"]["texts_before"][1]["opens"] = "nickname"


@pytest.mark.parametrize("spoil", [_unknown_base, _base_outside, _changes_nothing_known, _heading_of_nothing])
def test_a_layout_that_does_not_fit_its_base_is_refused(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    shutil.copytree(FOLDER, tmp_path / "certificate" / "v1")
    folder = tmp_path / "annotated-copy" / "v1"
    shutil.copytree(COPY, folder)
    declared = json.loads((folder / "layout.json").read_text("utf-8"))
    spoil(declared)
    (folder / "layout.json").write_text(json.dumps(declared), "utf-8")
    with pytest.raises(ConfigurationError, match="版式"):
        compile_layout(folder, store())


def test_a_copy_has_every_place_of_the_certificate_and_more() -> None:
    certificate = {place.field: place for place in layout().map.fields}
    copy = {place.field: place for place in layout("annotated-copy/v1").map.fields}
    assert set(copy) - set(certificate) == {"recipient", "purpose", "ends_on", "copy_id"}
    moved = {name for name, place in certificate.items() if copy[name] != place}
    assert moved == {"manual_code", "address"}


def test_a_layout_without_colour_profile_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "v1"
    shutil.copytree(FOLDER, folder)
    (folder / "srgb.icc").unlink()
    with pytest.raises(ConfigurationError, match=r"srgb\.icc"):
        compile_layout(folder, store())
