"""The metadata in GB/T 36903 names: golden bytes, the published schema, and the file in the certificate's document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from certsvc.domain.identity import IdDocument, IdKind
from certsvc.formats.e_licence import CODE_KINDS, FIELDS, describe_e_licence
from certsvc.formats.e_licence_schema import metadata_schema
from certsvc.stages.e_licence import e_licence_attachment
from scripts.e_licence_vectors import CODES, e_licence_vectors
from scripts.make_docs import PAGES
from scripts.vector_material import PEOPLE, content_of

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(metadata_schema())
VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "e-licence.json").read_bytes())
REGULAR, DUAL = content_of(1, PEOPLE[0]), content_of(2, PEOPLE[1])


def metadata(content: Any, *, full_id: bool = False) -> dict[str, Any]:
    """What the file in a document says."""
    read: dict[str, Any] = json.loads(e_licence_attachment(content, CODES, full_id=full_id))
    return read


def test_the_golden_vectors_are_still_written() -> None:
    assert e_licence_vectors() == VECTORS


@pytest.mark.parametrize("case", VECTORS["metadata"], ids=lambda case: f"{case['id_kind']}-{case['version']}")
def test_every_golden_metadata_satisfies_the_schema_and_is_canonical(case: dict[str, Any]) -> None:
    read = json.loads(case["bytes"])
    SCHEMA.validate(read)
    assert set(read) == {"format", *FIELDS}
    assert json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == case["bytes"]
    for key in read:
        assert not SCHEMA.is_valid({name: value for name, value in read.items() if name != key})
    assert not SCHEMA.is_valid(read | {"KZ_MORE": "1"})


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = ROOT / "docs" / "formats" / "e-licence.schema.json"
    assert published.read_text(encoding="utf-8") == PAGES["formats/e-licence.schema.json"]()


def test_every_field_is_described_with_its_chinese_name() -> None:
    page = (ROOT / "docs" / "formats" / "e-licence.md").read_text(encoding="utf-8")
    for key, label in FIELDS.items():
        assert f"| `{key}` | {label} |" in page


def test_a_title_has_no_end_and_counts_from_the_day_it_was_acquired() -> None:
    read = metadata(replace(REGULAR, issued_on=date(2026, 12, 1)))
    days = (read["ZZYXQQSRQ"], read["ZZBFRQ"], read["ZZYXQJZRQ"])
    assert days == ("2026-10-15", "2026-12-01", "9999-12-31")


def test_a_dual_directed_title_names_its_county_and_others_none() -> None:
    dual, regular = metadata(DUAL), metadata(REGULAR)
    assert (dual["KZ_QDFS"], dual["KZ_YXQY"], dual["KZ_YXQYDM"]) == ("双定向", "珲春市", "222404")
    assert (regular["KZ_YXQY"], regular["KZ_YXQYDM"]) == (None, None)


def test_a_new_version_names_the_one_that_it_replaces() -> None:
    first, second = metadata(DUAL), metadata(replace(DUAL, version=2))
    assert (first["KZ_BBH"], first["KZ_GLZZBS"]) == ("001", None)
    assert (second["KZ_BBH"], second["KZ_GLZZBS"]) == ("002", first["ZZBS"])
    assert second["ZZBH"] == first["ZZBH"]


@pytest.mark.parametrize(
    ("kind", "number", "masked"),
    [
        (IdKind.CITIZEN, "229901199001010017", "229901********0017"),
        (IdKind.PASSPORT, "E00000017", "*****0017"),
        (IdKind.HK_MACAO_TRAVEL, "H0000000017", "*******0017"),
        (IdKind.FOREIGN_PERMANENT_RESIDENCE, "XXX220190010117", "***********0117"),
    ],
)
def test_the_document_number_is_shown_as_on_the_face(kind: IdKind, number: str, masked: str) -> None:
    content = replace(REGULAR, award=replace(REGULAR.award, document=IdDocument(kind, number)))
    assert metadata(content)["CZZTDM"] == masked
    assert metadata(content, full_id=True)["CZZTDM"] == number


def test_every_kind_of_document_has_a_word_and_a_code() -> None:
    assert set(CODE_KINDS) == set(IdKind)


def test_the_fields_keep_their_order() -> None:
    assert tuple(describe_e_licence(REGULAR, CODES, name="某", holder_code="1")) == tuple(FIELDS)
