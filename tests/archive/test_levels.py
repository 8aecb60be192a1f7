"""Archive objects by their levels: what they prove, until when, and that nobody can alter them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from asn1crypto import cms, x509
from certverify.document import check_document
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature, SignatureCoverageLevel
from pyhanko.sign.validation.ades import (
    _build_prima_facie_poe_index_from_pdf_timestamps as poe_index,
)
from pyhanko.sign.validation.ades import (
    _dss_to_local_knowledge as material_inside,
)
from pyhanko.sign.validation.ades import (
    _validate_prima_facie_poe as validated_poes,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
    bootstrap_validation_data_handlers,
)
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.ades_past import past_validate
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from certsvc.adapters.archive.judging import PdfLongTermJudge
from certsvc.adapters.archive.long_term import PdfLongTermWriter
from certsvc.adapters.archive.material import decode_revocation_lists
from certsvc.adapters.test_ca import make_test_chain
from certsvc.domain.archive_object import ArchiveFault, ArchiveLevel, ArchiveState, DocumentTimestamp
from tests.document.samples import FACES, NOW, Signer, certificate
from tests.document.trust import trust_list
from tests.support.archive_objects import (
    DAY,
    FIRST_UNIT_ENDS,
    RENEWED,
    SECOND_UNIT_ENDS,
    SIGNER_ENDS,
    STAMPED,
    archive_object,
    original,
    renewed_object,
    world,
)
from tests.support.tools import Run

B_T, B_LT, B_LTA = ArchiveLevel
OBJECTS: dict[str, Callable[[], bytes]] = {
    "B-T": lambda: archive_object(B_T),
    "B-LT": lambda: archive_object(B_LT),
    "B-LTA": lambda: archive_object(B_LTA),
    "renewed": renewed_object,
}
MADE = {"B-T": STAMPED, "B-LT": STAMPED, "B-LTA": STAMPED, "renewed": RENEWED}


def judged(document: bytes, at: datetime, *, lists: bool = True) -> ArchiveState | ArchiveFault:
    """The service's own judgement; `lists`: with the revocation lists of today beside what the file carries."""
    return PdfLongTermJudge(world().material(lists)).judge(document, original(), at)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_level_begins_with_the_served_file_which_passes_the_strict_check_alone(name: str) -> None:
    document, served = OBJECTS[name](), original()
    assert document.startswith(served)
    trust = trust_list(world().signer)
    assert check_document(served, trust).outcome == "original"
    assert check_document(document, trust).outcome == "altered"  # archive objects are not what is served


@pytest.mark.parametrize("name", OBJECTS)
def test_poppler_and_qpdf_accept_every_level(name: str, tmp_path: Path, run_tool: Run) -> None:
    saved = tmp_path / "archive.pdf"
    saved.write_bytes(OBJECTS[name]())
    report = run_tool("pdfsig", "-nocert", saved)
    assert "Signature is Valid" in report
    assert ("Total document signed" in report.replace("Not total", "")) is (name != "B-LT")
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", saved)


@pytest.mark.parametrize("name", OBJECTS)
def test_pyhanko_finds_only_what_a_ban_on_changes_allows(name: str) -> None:
    signatures = PdfFileReader(BytesIO(OBJECTS[name]())).embedded_signatures
    for one in signatures:
        one.compute_integrity_info()
        assert one.summarise_integrity_info()["docmdp_ok"]
        assert one.diff_result is None or one.diff_result.modification_level <= ModificationLevel.LTA_UPDATES
    assert (signatures[-1].coverage is SignatureCoverageLevel.ENTIRE_FILE) is (name != "B-LT")


def test_openssl_accepts_the_timestamp_over_the_served_file(tmp_path: Path, run_tool: Run) -> None:
    document = archive_object(B_T)
    stamp = PdfFileReader(BytesIO(document)).embedded_timestamp_signatures[0]
    start, length, resumed, rest = stamp.byte_range
    (tmp_path / "data").write_bytes(document[start : start + length] + document[resumed : resumed + rest])
    (tmp_path / "token").write_bytes(_token(stamp))
    (tmp_path / "root.pem").write_bytes(world().authorities[0].root.public_bytes(Encoding.PEM))
    arguments = ("-token_in", "-in", tmp_path / "token", "-data", tmp_path / "data")
    roots = ("-CAfile", tmp_path / "root.pem", "-attime", str(int(STAMPED.timestamp())))
    assert "Verification: OK" in run_tool("openssl", "ts", "-verify", *arguments, *roots)


def _token(stamp: EmbeddedPdfSignature) -> bytes:
    return cms.ContentInfo.load(stamp.pkcs7_content).dump()  # without the padding


@pytest.mark.parametrize(
    ("name", "at", "found"),
    [
        ("B-T", STAMPED, B_T),
        ("B-T", SIGNER_ENDS + DAY, B_T),
        ("B-T", FIRST_UNIT_ENDS + DAY, ArchiveFault.MATERIAL),
        ("B-LT", STAMPED, B_LT),
        ("B-LT", SIGNER_ENDS + DAY, B_LT),
        ("B-LT", FIRST_UNIT_ENDS + DAY, ArchiveFault.MATERIAL),
        ("B-LTA", STAMPED, B_LTA),
        ("B-LTA", SIGNER_ENDS + DAY, B_LTA),
        ("B-LTA", FIRST_UNIT_ENDS + DAY, ArchiveFault.MATERIAL),
        ("renewed", RENEWED, B_LTA),
        ("renewed", FIRST_UNIT_ENDS + DAY, B_LTA),
        ("renewed", SECOND_UNIT_ENDS + DAY, ArchiveFault.MATERIAL),
    ],
)
def test_a_level_holds_for_as_long_as_its_last_timestamp(
    name: str, at: datetime, found: ArchiveLevel | ArchiveFault
) -> None:
    state = judged(OBJECTS[name](), at)
    assert (state.level if isinstance(state, ArchiveState) else state) == found


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("B-LT", SIGNER_ENDS + DAY),
        ("B-LTA", SIGNER_ENDS + DAY),
        ("B-LTA", FIRST_UNIT_ENDS - DAY),
        ("renewed", FIRST_UNIT_ENDS + DAY),
        ("renewed", SECOND_UNIT_ENDS - DAY),
    ],
)
def test_what_carries_its_own_material_needs_no_other_after_the_signers_certificate_ended(
    name: str, at: datetime
) -> None:
    assert isinstance(judged(OBJECTS[name](), at, lists=False), ArchiveState)


def test_a_level_without_material_is_nothing_without_the_lists_of_others() -> None:
    assert judged(archive_object(B_T), STAMPED, lists=False) is ArchiveFault.MATERIAL


def test_the_timestamps_say_when_until_when_and_by_which_hash() -> None:
    state = judged(renewed_object(), RENEWED)
    assert isinstance(state, ArchiveState)
    assert [(one.at, one.ends_at, one.hash_algorithm) for one in state.timestamps] == [
        (STAMPED, FIRST_UNIT_ENDS, "sha256"),
        (STAMPED, FIRST_UNIT_ENDS, "sha256"),
        (RENEWED, SECOND_UNIT_ENDS, "sha256"),
    ]
    assert state.timestamps[0].renew_at == FIRST_UNIT_ENDS - timedelta(days=90)


@pytest.mark.parametrize(
    ("document", "at", "passes"),
    [
        (lambda: archive_object(B_LTA), SIGNER_ENDS + DAY, True),
        (lambda: archive_object(B_LTA), FIRST_UNIT_ENDS + DAY, False),
        (renewed_object, FIRST_UNIT_ENDS + DAY, True),
        (renewed_object, SECOND_UNIT_ENDS - DAY, True),
        (renewed_object, SECOND_UNIT_ENDS + DAY, False),
    ],
    ids=["after the signer", "after its unit", "renewed", "long after", "after both units"],
)
def test_pyhankos_validation_of_the_past_comes_to_the_same(
    document: Callable[[], bytes], at: datetime, passes: bool
) -> None:
    """EN 319 102-1, 5.6 by pyHanko's own parts, offline: the timestamps are the evidence record, and the signature is older
    than the last moment at which its chain is known to have been good. (The whole of it asks for a signature timestamp, and for
    OCSP where an issuing CA is no root: docs/decisions/0015.)"""
    assert asyncio.run(_passes(PdfFileReader(BytesIO(document())), at)) is passes


async def _passes(reader: PdfFileReader, at: datetime) -> bool:
    material = world().material()
    roots = [*material.document_roots, *material.timestamp_roots]
    spec = SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=roots),
            revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=material_inside(reader),
    )
    timing = ValidationTimingInfo(at, at, point_in_time_validation=True)
    poes = poe_index(reader, include_content_ts=True, diff_policy=DEFAULT_DIFF_POLICY)
    try:
        proven = await validated_poes(poes, spec, timing)
    except SignatureValidationError:
        return False
    signature: EmbeddedPdfSignature = reader.embedded_regular_signatures[0]
    (root,), (issuing,) = material.document_roots, material.certificates
    path = ValidationPath(CertTrustAnchor(root), interm=[issuing], leaf=signature.signer_cert)
    handlers = bootstrap_validation_data_handlers(spec, is_historical=True, poe_manager_override=proven)
    last_known_good = await past_validate(path, spec.cert_validation_policy, handlers, init_control_time=at)
    return proven[signature.signer_info["signature"].native] <= last_known_good


def test_a_renewal_after_the_last_timestamp_ended_is_no_renewal() -> None:
    late = world().writer(FIRST_UNIT_ENDS + DAY, 1)
    assert late.renew(archive_object(B_LTA)) is ArchiveFault.MATERIAL


def test_a_renewal_by_the_same_certificate_of_the_server_is_none() -> None:
    asked = world().authorities[0].asked
    due = world().writer(FIRST_UNIT_ENDS - timedelta(days=90))
    assert due.renew(archive_object(B_LTA)) is ArchiveFault.NO_LONGER
    assert (
        world().authorities[0].asked - asked <= 3
    )  # of the object, where it is made here, and no stamp of the renewal


@pytest.mark.parametrize(
    ("life", "worth"), [(540, True), (120, True), (119, False), (90, False), (30, False)]
)
def test_a_renewal_is_worth_its_while_when_it_outlasts_the_present_timestamp(life: int, worth: bool) -> None:
    """The present one ends in 90 days, the coming one's certificate in `life`."""
    assert DocumentTimestamp(NOW, NOW + life * DAY, "sha256").is_worth_it_after(NOW + 90 * DAY) is worth


def test_a_list_that_is_too_large_is_told_and_put_into_no_object() -> None:
    writer = world().writer(STAMPED)
    small = replace(world().material(), largest_list=100)
    writer = PdfLongTermWriter(small, writer.timestamps, lambda: STAMPED)
    grown = writer.raise_to(original(), None, B_LTA)
    assert isinstance(grown, bytes)
    state = judged(grown, STAMPED)
    assert isinstance(state, ArchiveState)
    assert (state.level, writer.shortfall(grown)) == (B_T, ArchiveFault.LIST_TOO_LARGE)


def test_of_two_lists_of_an_authority_the_newer_one_is_put_into_an_object() -> None:
    again = decode_revocation_lists(world().authorities[0].revocation_list(NOW))
    material = world().material()
    twice = replace(material, lists=(*again, *material.lists, *again))
    writer = PdfLongTermWriter(twice, world().writer(STAMPED).timestamps, lambda: STAMPED)
    grown = writer.raise_to(original(), None, B_LT)
    assert isinstance(grown, bytes)
    inside = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(grown))).crls
    assert [one.get_object().data for one in inside].count(again[0].dump()) == 1
    assert len(inside) == 3


def test_without_revocation_lists_a_document_comes_to_its_timestamp_and_no_further() -> None:
    bare = world().writer(STAMPED, lists=False)
    grown = bare.raise_to(original(), None, B_LTA)
    assert isinstance(grown, bytes)
    state = judged(grown, STAMPED)
    assert isinstance(state, ArchiveState)
    assert state.level is B_T
    assert bare.raise_to(grown, B_T, B_LTA) is ArchiveFault.MATERIAL
    raised = world().writer(STAMPED + DAY).raise_to(grown, B_T, B_LTA)
    assert isinstance(raised, bytes)
    assert raised.startswith(grown)
    assert isinstance(judged(raised, STAMPED + DAY), ArchiveState)


def test_a_signer_whose_certificate_ended_gets_no_material_any_more() -> None:
    late = world().writer(SIGNER_ENDS + DAY)
    assert late.raise_to(archive_object(B_T), B_T, B_LTA) is ArchiveFault.MATERIAL


def test_a_certificate_of_another_authority_is_not_archived() -> None:
    stranger = Signer(make_test_chain(NOW))
    trust = trust_list(stranger)
    assert check_document(original(), trust).outcome != "original"
    grown = world().writer(STAMPED).raise_to(certificate("regular"), None, B_LTA)
    assert isinstance(grown, bytes)
    found = PdfLongTermJudge(world().material()).judge(grown, certificate("regular"), STAMPED)
    assert found is ArchiveFault.MATERIAL


@pytest.mark.parametrize("name", FACES)
def test_every_kind_of_certificate_can_be_archived(name: str) -> None:
    document, served = archive_object(B_LTA, name), original(name)
    state = PdfLongTermJudge(world().material()).judge(document, served, SIGNER_ENDS + DAY)
    assert isinstance(state, ArchiveState)
    assert state.level is B_LTA


def test_other_beginnings_and_additions_are_no_archive_object() -> None:
    document = archive_object(B_LTA)
    for altered in (original(), document[1:], document + b"\n", document + document, b"", original() + b"%"):
        assert isinstance(judged(altered, STAMPED), ArchiveFault)
    other = PdfLongTermJudge(world().material()).judge(document, original("long"), STAMPED)
    assert other is ArchiveFault.NOT_A_CONTINUATION


@pytest.mark.parametrize(
    "skews",
    [
        pytest.param((timedelta(seconds=2),), id="ahead"),
        pytest.param((timedelta(seconds=-2),), id="behind"),
        pytest.param((timedelta(0), timedelta(minutes=2), timedelta(minutes=-2)), id="two of them"),
    ],
)
def test_a_timestamp_server_whose_clock_differs_a_little_is_believed(skews: tuple[timedelta, ...]) -> None:
    grown = world().writer(STAMPED, skews=skews).raise_to(original(), None, B_LTA)
    assert isinstance(grown, bytes)
    for at in (STAMPED, STAMPED + DAY, SIGNER_ENDS + DAY):
        state = judged(grown, at)
        assert isinstance(state, ArchiveState)
        assert state.level is B_LTA
        assert abs(state.last.at - STAMPED) <= timedelta(minutes=2)
    assert judged(grown, STAMPED - timedelta(minutes=10)) is ArchiveFault.TIMESTAMP


def test_no_changed_bit_of_what_was_added_keeps_the_level() -> None:
    document, chance = archive_object(B_LTA), Random(20261121)
    for _ in range(24):
        place = chance.randrange(len(original()), len(document))
        found = judged(_changed(document, place, 1 << chance.randrange(8)), STAMPED)
        assert isinstance(found, ArchiveFault), place


def test_a_timestamp_that_is_no_longer_recognised_does_not_make_a_lower_level() -> None:
    document = archive_object(B_LTA)
    name = document.rindex(b"/SubFilter")
    for place in range(name, name + len(b"/SubFilter /ETSI")):
        assert isinstance(judged(_changed(document, place, 0x20), STAMPED), ArchiveFault), place
    assert isinstance(judged(archive_object(B_LT) + document[-2000:], STAMPED), ArchiveFault)


@pytest.mark.parametrize("level", ArchiveLevel)
def test_the_room_of_the_last_token_holds_that_token_in_one_spelling(level: ArchiveLevel) -> None:
    document = archive_object(level)
    stamp = PdfFileReader(BytesIO(document)).embedded_timestamp_signatures[-1]
    start, length, resumed, _ = stamp.byte_range
    room, token = slice(start + length, resumed), _token(stamp).hex().upper().encode()
    assert document[room].startswith(b"<" + token)
    lower = document[: room.start] + document[room].lower() + document[room.stop :]
    behind = room.start + 1 + len(token) + 3
    for altered in (lower, _changed(document, behind, 1), _changed(document, room.stop - 2, 1)):
        assert judged(altered, STAMPED) is ArchiveFault.TIMESTAMP


def _changed(document: bytes, place: int, bits: int) -> bytes:
    changed = bytearray(document)
    changed[place] ^= bits
    return bytes(changed)


def test_every_root_is_of_its_own_use_only() -> None:
    material = world().material()
    swapped = type(material)(
        material.timestamp_roots, material.document_roots, material.certificates, material.lists
    )
    assert (
        PdfLongTermJudge(swapped).judge(archive_object(B_LTA), original(), STAMPED) is ArchiveFault.MATERIAL
    )
    assert all(isinstance(one, x509.Certificate) for one in material.certificates)
