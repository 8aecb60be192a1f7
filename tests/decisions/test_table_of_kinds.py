"""The table of kinds (docs/endings.md) says what the code does, line by line."""

from __future__ import annotations

import pytest

from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import official
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_kinds import ENDED, KINDS, Authority, ending_behind
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.domain.delegation import FirstPerson
from certsvc.domain.permission import PERMISSIONS, RegionRule, confirming, proposing
from certsvc.errors import RequestError
from tests.decisions.deciders import Deciders, issue_sun
from tests.support.aid_mission import issue_aid

PROVINCE, CITY = "220000", "222400"
ENDINGS = [kind for kind in DecisionKind if KINDS[kind].status in ENDED]


def confirms(kind: DecisionKind, maker_region: str, checker_region: str) -> bool:
    """Whether the table of permissions lets a person of the one authority confirm what the other proposed."""
    checker, maker = official(Actor("c", Role.CHECKER, checker_region)), FirstPerson("m", frozenset({"m"}))
    return refusal(confirming(kind), checker, place=maker_region, first_person=maker) is None


def test_every_kind_has_a_line_and_every_status_but_three_a_kind() -> None:
    assert set(KINDS) == set(DecisionKind)
    after = {line.status for line in KINDS.values()}
    rest = {CertificateStatus.SUPERSEDED, CertificateStatus.HISTORICAL}
    assert after | rest == set(CertificateStatus)


@pytest.mark.parametrize("kind", DecisionKind)
def test_who_proposes_and_confirms_is_as_in_the_table_of_permissions(kind: DecisionKind) -> None:
    line, rule = KINDS[kind], PERMISSIONS[proposing(kind)].region
    assert (
        rule
        is {
            Authority.PROVINCE: RegionRule.PROVINCE,
            Authority.RESPONSIBLE_CITY: RegionRule.CITY,
        }[line.proposes]
    )
    assert confirms(kind, PROVINCE, PROVINCE)
    assert not confirms(kind, PROVINCE, CITY)
    if line.proposes is Authority.RESPONSIBLE_CITY:
        assert confirms(kind, CITY, CITY) is (line.confirms is Authority.SAME)
        assert confirms(kind, CITY, PROVINCE) is (line.confirms is Authority.PROVINCE_AGAIN)


@pytest.mark.parametrize("kind", DecisionKind)
def test_what_lifts_a_kind_may_start_from_what_it_led_to(kind: DecisionKind) -> None:
    line = KINDS[kind]
    lifted = kind in (*ENDINGS, DecisionKind.SUSPEND)
    assert (line.lifted_by is DecisionKind.REINSTATE) is lifted
    assert (line.status in DecisionKind.REINSTATE.possible_from) is lifted
    assert ending_behind(line.status) is (kind if kind in ENDINGS else None)


@pytest.mark.parametrize("kind", DecisionKind)
def test_the_document_is_asked_for_as_the_table_says(kind: DecisionKind) -> None:
    policy = DecisionPolicy(documents_required=True)
    if KINDS[kind].needs_document:
        with pytest.raises(RequestError, match="须上传决定文书"):
            policy.require_document(kind, None)
    policy.require_document(kind, "0" * 64)
    if not KINDS[kind].needs_document:
        policy.require_document(kind, None)


@pytest.mark.parametrize("kind", [*ENDINGS, DecisionKind.SUSPEND])
def test_what_a_decision_does_and_a_verifier_sees_is_what_the_table_says(
    deciders: Deciders, kind: DecisionKind
) -> None:
    write_off = kind is DecisionKind.WRITE_OFF
    certificate = issue_aid(deciders.under_test)[0] if write_off else issue_sun(deciders)
    content, line = certificate.draft.content, KINDS[kind]
    stored = deciders.decide(kind, content.number)
    person = content.award.document.number
    assert (person in deciders.office.filings.credit_blocks([person])) is line.credit_record
    verdict = deciders.under_test.check_qr(certificate)
    assert (verdict["verdict"], verdict["status"]) == ("failed", line.status.word)
    assert line.seen.startswith(f"{line.status.label}：未通过核验")
    unserved = {one.id for one in deciders.office.decisions.listed(unserved=True)}
    assert (stored.id in unserved) is line.served
