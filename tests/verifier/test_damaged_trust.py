"""A damaged trust list makes every answer unknown; it never accuses a genuine certificate file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from certverify.cli import main
from certverify.errors import TrustListError
from certverify.trust import decode_trust_list
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pypdf import PdfReader, PdfWriter

from certsvc.adapters.document.writer import write_certificate
from certsvc.adapters.test_ca import make_test_chain
from certsvc.formats.manual_code import manual_code
from tests.document.samples import NOW as SEALED_AT
from tests.document.samples import REGULAR, layout, signer
from tests.verifier.builders import (
    FIELDS,
    NOW,
    PREFIX,
    Log,
    b64,
    changed,
    record_bytes,
    record_text,
    trust_list,
)

FLIPS = 200


def document_key(*certificates: bytes, alg: str = "ES256") -> dict[str, Any]:
    first, *chain = certificates
    return {
        "alg": alg,
        "certificate": b64(first),
        "chain": list(map(b64, chain)),
        "valid_from": "2023-01-01",
        "valid_to": None,
    }


PRINTED = {
    "number": "2205202600000018",
    "name": "林晓燕",
    "id_document": "居民身份证 229920********123X",
    "title": "高级工程师",
    "level": "副高级",
    "way": "评审",
    "acquired": "2026年10月15日",
    "manual_code": manual_code(record_bytes(FIELDS)),
}
"""What the record of the builders says, in print."""


@cache
def good_list() -> dict[str, Any]:
    head = {
        "name": layout().name,
        "head_length": layout().head_length,
        "head_sha256": layout().head_sha256,
    }
    keys = [document_key(signer().certificate, *signer().chain)]
    listed: dict[str, Any] = json.loads(trust_list(document_keys=keys, layouts=[head]))
    return listed


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public tree, and beside it a genuine certificate file."""
    folder = tmp_path_factory.mktemp("corner")
    Log(trust_changes={name: good_list()[name] for name in ("document_keys", "layouts")}).write(folder)
    face = replace(REGULAR, **PRINTED, qr_text=PREFIX + record_text())
    (folder / "certificate.pdf").write_bytes(write_certificate(layout(), face, signer(), SEALED_AT))
    return folder


def check(corner: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["pdf", str(corner / "certificate.pdf"), "--trust", str(corner), "--json"], clock=lambda: NOW)
    told = capsys.readouterr()
    assert told.err == ""
    return code, json.loads(told.out)


def test_a_copy_saved_again_or_without_the_seal_is_no_original_and_accuses_nobody(
    corner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved_again = PdfWriter(clone_from=PdfReader(corner / "certificate.pdf"))
    printed, page = PdfWriter(), PdfReader(corner / "certificate.pdf").pages[0]
    del page["/Annots"]  # paper knows neither links nor seals
    printed.add_page(page)
    for writer in (saved_again, printed):
        copy = tmp_path / "copy.pdf"
        writer.write(copy)
        exit_code = main(["pdf", str(copy), "--trust", str(corner), "--json"], clock=lambda: NOW)
        told = json.loads(capsys.readouterr().out)
        assert (exit_code, told["verdict"]) == (2, "undetermined")
        assert told["findings"][0]["code"] == "document-not-original"


def flipped_at(digits: str, bit: int) -> str:
    raw = bytearray(base64.b64decode(digits))
    raw[bit // 8] ^= 1 << bit % 8
    return b64(bytes(raw))


def test_a_bit_of_a_certificate_never_accuses_a_genuine_file(
    corner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, good = check(corner, capsys)
    assert (code, good["verdict"]) == (0, "passed")
    chance = Random(11)
    places: list[tuple[str | int, ...]] = [("certificate",), ("chain", 0), ("chain", 1)]
    try:
        for _ in range(FLIPS):
            steps = ("document_keys", 0, *chance.choice(places))
            digits = good_list()["document_keys"][0]
            for step in steps[2:]:
                digits = digits[step]
            bit = chance.randrange(8 * len(base64.b64decode(digits)))
            damaged = changed(good_list(), *steps, to=flipped_at(digits, bit))
            (corner / "trust-list.json").write_text(json.dumps(damaged))
            code, told = check(corner, capsys)
            unreadable = code == 2 and [item["code"] for item in told["findings"]] == ["trust-unreadable"]
            assert unreadable or told == good, (steps, bit)
    finally:
        (corner / "trust-list.json").write_text(json.dumps(good_list()))


def chain_of(curve: ec.EllipticCurve) -> tuple[bytes, bytes]:
    """A signer of any curve under a root of its own."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(curve)

    def made(subject: str, public: ec.EllipticCurvePublicKey) -> bytes:
        name, root = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (subject, "root"))
        start = datetime(2020, 1, 1, tzinfo=UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(root).public_key(public)
        builder = builder.serial_number(7).not_valid_before(start)
        built = builder.not_valid_after(start + timedelta(days=1)).sign(root_key, SHA256())
        return built.public_bytes(Encoding.DER)

    return made("signer", key.public_key()), made("root", root_key.public_key())


def _own(change: Callable[[bytes, bytes, bytes], tuple[bytes, ...]]) -> dict[str, Any]:
    return document_key(*change(*make_test_chain(NOW).certificates_der))


OTHER = make_test_chain(NOW).certificates_der


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(_own(lambda a, b, c: (b"", b, c)), id="empty"),
        pytest.param(_own(lambda a, b, c: (b"certificate", b, c)), id="no certificate"),
        pytest.param(_own(lambda a, b, c: (a + b"\0", b, c)), id="something behind it"),
        pytest.param(_own(lambda a, b, c: (a, c, b)), id="out of order"),
        pytest.param(_own(lambda a, b, c: (a, c)), id="issuing CA missing"),
        pytest.param(_own(lambda a, b, c: (a, b)), id="root missing"),
        pytest.param(_own(lambda a, b, c: (a,)), id="chain missing"),
        pytest.param(_own(lambda a, b, c: (a, OTHER[1], OTHER[2])), id="chain of another with equal names"),
        pytest.param(_own(lambda a, b, c: (a, b, OTHER[2])), id="root of another with an equal name"),
        pytest.param(document_key(*chain_of(ec.SECP384R1())), id="P-384"),
        pytest.param(document_key(*OTHER, alg="SM2"), id="another algorithm"),
    ],
)
def test_a_document_key_with_a_broken_chain_makes_the_list_unreadable(key: dict[str, Any]) -> None:
    with pytest.raises(TrustListError):
        decode_trust_list(trust_list(document_keys=[key]))


def test_not_even_the_count_of_unused_bits_may_change() -> None:
    for _ in range(4):  # a signature that ends with a zero bit can be read with 0 or 1 unused bits
        first, *chain = make_test_chain(NOW).certificates_der
        at = first.rindex(x509.load_der_x509_certificate(first).signature) - 1
        padded = first[:at] + b"\x01" + first[at + 1 :]
        with pytest.raises(TrustListError):
            decode_trust_list(trust_list(document_keys=[document_key(padded, *chain)]))


def test_the_dates_of_certificates_are_not_judged_when_the_list_is_read() -> None:
    key = document_key(*chain_of(ec.SECP256R1()))
    assert len(decode_trust_list(trust_list(document_keys=[key])).document_keys) == 1
