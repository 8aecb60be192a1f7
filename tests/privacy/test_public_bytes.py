"""Nothing public names a person: no name, no ID number, no certificate number, no payload, and no unsalted digest of one.

Everything that anybody can fetch without asking about a certificate is read: every file of the public tree, and every
page and address that takes no question. Digests are looked for raw, in hexadecimal and in base64.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations

import pytest
from fastapi.routing import iter_route_contexts

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import official
from certsvc.domain.decision import DecisionKind
from tests.api.asking import PublicOffice
from tests.history.papers import ZHOU, ZHOU_ID, history_xlsx
from tests.support.office import OfficeUnderTest

DIGESTS = ("md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
EXAMPLES = ("2220230620000017", "吉中高字980312")
"""Numbers in the examples of the description that certificates of this test bear as well; the description knows no register."""
ENCODINGS = ("utf-8", "gb18030", "utf-16-le")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """Certificates of two filings; one revoked with its credit record, one corrected, one written down from old papers."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    opened = PublicOffice(OfficeUnderTest(tmp_path_factory.mktemp("public"), clock))
    office = opened.office
    revoked, corrected = (one.draft.content.number for one in opened.regular[:2])
    for kind, number, changes in (
        (DecisionKind.REVOKE, revoked, None),
        (DecisionKind.CORRECT, corrected, {"name": "欧阳文静"}),
    ):
        decision = office.deciding.propose(
            kind, number, "吉人社〔2026〕8号", clock.today(), "经核查与事实不符", "maker", changes
        )
        office.confirm_decision(decision, "checker")
    office.actors.register_actor(Actor("second", Role.CHECKER, "220000"), clock.now())
    maker, second = (official(one) for one in office.actors.actors() if one.name in ("maker", "second"))
    imported = office.history.files.receive(history_xlsx([ZHOU]), "旧资料.xlsx", maker)
    office.history.confirm(imported.import_id, second)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def corpus(public: PublicOffice) -> dict[str, bytes]:
    """Everything public, by its address."""
    folder = public.office.settings.public_folder
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    plain = [
        str(route.path)
        for route in iter_route_contexts(public.app.routes)
        if "GET" in (route.methods or ()) and "{" not in str(route.path)
    ]
    answers = {path: public.client.get(path).content for path in plain}
    for example in EXAMPLES:
        answers["/openapi.json"] = answers["/openapi.json"].replace(example.encode(), b"")
    return {path: content for path, content in {**files, **answers}.items() if any(content)}


@pytest.fixture(scope="module")
def secrets(public: PublicOffice) -> dict[str, list[str]]:
    """What identifies each person, and what is private about each certificate."""
    people: dict[str, list[str]] = {
        ZHOU_ID: ["周铭", ZHOU_ID, str(ZHOU["证件号码"]), str(ZHOU["原证书编号"])]
    }
    for issued in (*public.regular, *public.dual):
        for one in public.office.certificates.published(number=issued.draft.content.number):
            award = one.draft.content.award
            person = people.setdefault(award.document.number, [])
            person += [award.name, award.document.number, one.draft.content.number]
    return {key: list(dict.fromkeys(values)) for key, values in people.items()}


def test_there_is_something_to_look_through(corpus: dict[str, bytes]) -> None:
    assert {"checkpoint", "trust-list.json", "tables.json", "policy"} <= set(corpus)
    assert any(path.startswith("tile/entries") for path in corpus)
    assert any(path.startswith("status/shard") for path in corpus)
    assert "/" in corpus


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_public_byte_spells_a_person(
    corpus: dict[str, bytes], secrets: dict[str, list[str]], encoding: str
) -> None:
    for values in secrets.values():
        for value in values:
            plain = value.encode(encoding)
            for form in (plain, plain.hex().encode(), b64encode(plain).rstrip(b"="), plain[::-1]):
                assert found(corpus, form) == [], value


@pytest.mark.parametrize("digest", DIGESTS)
def test_no_public_byte_is_an_unsalted_digest_of_a_person(
    corpus: dict[str, bytes], secrets: dict[str, list[str]], digest: str
) -> None:
    everything = b"\0".join(corpus.values())
    for values in secrets.values():
        for guess in guesses(values):
            hashed = hashlib.new(digest, guess).digest()
            forms = (
                hashed,
                hashed.hex().encode(),
                hashed.hex().upper().encode(),
                b64encode(hashed).rstrip(b"="),
            )
            assert not any(form in everything for form in (*forms, urlsafe_b64encode(hashed).rstrip(b"="))), (
                guess
            )


def test_no_payload_record_or_document_stands_in_public_bytes_nor_its_unsalted_digest(
    public: PublicOffice, corpus: dict[str, bytes]
) -> None:
    everything = b"\0".join(corpus.values())
    for issued in (*public.regular, *public.dual):
        draft = issued.draft
        document = public.office.archive.read(draft.content.number, draft.content.version)
        assert document is not None
        for private in (draft.payload, issued.record, document):
            for form in (private, hashlib.sha256(private).digest(), hashlib.sha256(b"\0" + private).digest()):
                assert form not in everything
        assert draft.salt not in everything
        assert draft.commitment in everything  # what is there instead: salted, 32 random bytes an event


def test_two_events_about_one_person_have_nothing_in_common(public: PublicOffice) -> None:
    tables = [(one.draft.salt, one.draft.content.slot, one.draft.commitment) for one in public.regular]
    for column in zip(*tables, strict=True):
        assert len(set(column)) == len(column)


def test_the_order_of_leaves_does_not_follow_the_announced_list(public: PublicOffice) -> None:
    for issued in (public.regular, public.dual):
        leaves = sorted(issued, key=lambda one: one.leaf_index)
        assert [one.draft.content.slot for one in leaves] == sorted(one.draft.content.slot for one in issued)


def guesses(values: list[str]) -> Iterator[bytes]:
    """What a guesser would hash: each value, and two or three of them joined."""
    for count in (1, 2, 3):
        for chosen in permutations(values[:4], count):
            for joint in ("", "|", ":", "\0") if count > 1 else ("",):
                for encoding in ENCODINGS[:2]:
                    yield joint.join(chosen).encode(encoding)


def found(corpus: dict[str, bytes], needle: bytes) -> list[str]:
    return [path for path, content in corpus.items() if needle in content]
