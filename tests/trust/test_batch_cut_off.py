"""A batch that was cut off, by a certificate that ended or a signer that went away, is finished with the renewed certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from certverify.document import check_document
from certverify.trust import load_trust

from certsvc.domain.key_plan import KeyKind
from certsvc.errors import CertsvcError, KeyNotInForce, SignerRefused, UnavailableError
from tests.support.workbooks import REGULAR, sample
from tests.trust.conftest import House

GOOD = 3
WEEK = timedelta(days=8)


@pytest.mark.parametrize("failure", [KeyNotInForce, UnavailableError, SignerRefused])
def test_a_batch_goes_on_behind_what_the_certificate_of_before_has_signed(
    house: House,
    next_key: Callable[[KeyKind, str], Path],
    failure: type[CertsvcError],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = house.process()
    filing = before.submit(sample(REGULAR).xlsx(), "filing.xlsx").filing
    before.approval.approve(filing, "maker")
    before.approval.begin_issue(filing, "checker")
    sign, signed = before.keys.document.sign, 0

    def sign_some(message: bytes) -> bytes:
        nonlocal signed
        if signed == GOOD:
            raise failure("not today")
        signed += 1
        return sign(message)

    with monkeypatch.context() as patched:
        patched.setattr(type(before.keys.document), "sign", lambda _signer, message: sign_some(message))
        for _ in range(3):  # the background work tries again
            with pytest.raises(failure):
                before.issuance.run(filing)
    documents = house.first.office.settings.documents_folder
    kept = {path: path.read_bytes() for path in documents.rglob("*.pdf")}
    assert len(kept) == GOOD

    before.key_desk.announce(
        KeyKind.DOCUMENT, next_key(KeyKind.DOCUMENT, "next.pem"), house.first.clock.today() + WEEK
    )
    house.process().republish()
    house.first.clock.advance(WEEK)
    house.process().key_desk.switch(KeyKind.DOCUMENT)
    after = house.process()
    after.republish()
    after.issuance.run(filing)

    published = after.certificates.published(filing=filing)
    everything = {path: path.read_bytes() for path in documents.rglob("*.pdf")}
    assert len(everything) == len(published) > GOOD
    assert {path: everything[path] for path in kept} == kept
    trust = load_trust(house.public).trust_list
    old, new = (key.certificate.hex().encode("ascii") for key in reversed(trust.document_keys))
    assert sum(old in document for document in everything.values()) == GOOD
    assert sum(new in document for document in everything.values()) == len(published) - GOOD
    for document in everything.values():
        assert check_document(document, trust).outcome == "original"
