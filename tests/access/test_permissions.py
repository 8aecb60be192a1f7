"""The table of permissions: what it says is what the stages do."""

from __future__ import annotations

from datetime import date

import pytest

from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import OPERATOR, Caller, CallerRole, Purpose, nobody, official
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_authority import city_responsible, require_authority, require_second_person
from certsvc.domain.delegation import FirstPerson, persons_behind
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.domain.permission import PERMISSIONS, Action, confirming, proposing
from certsvc.domain.registry_decoding import decode_registry
from certsvc.errors import NotPermitted
from tests.support.workbooks import EXAMPLES

AMONG_THEMSELVES = {
    Action.DELEGATION_PROPOSE,
    Action.DELEGATION_ACCEPT,
    Action.DELEGATION_END,
    Action.DELEGATION_READ,
}
"""Who acts for whom; no title is touched."""
READING = {
    Action.FILING_READ,
    Action.DECISION_READ,
    Action.BATCH_VOIDING_READ,
    Action.REPORT_READ,
    Action.REPORT_EXPORT,
    Action.YEAR_CANCEL_READ,
    Action.CREDIT_READ,
    Action.E_LICENCE_READ,
    Action.LOOK_UP_ALERTS,
    Action.SUSPICION_READ,
    Action.CERTIFICATE_READ,
    Action.REQUEST_READ,
    Action.SYSTEM_READ,
    Action.ALARM_READ,
}
READING_BY_NAME = {
    Action.YEAR_CANCEL_READ,
    Action.CREDIT_READ,
    Action.SUSPICION_READ,
    Action.CERTIFICATE_READ,
    Action.REQUEST_READ,
    Action.UNIT_PEOPLE_READ,
    Action.SYSTEM_READ,
    Action.ALARM_READ,
}
"""What even the operator reads only in a registered person's name."""
UPKEEP = {
    Action.ACTOR_READ,
    Action.AUDIT_READ,
    Action.AUDIT_EXPORT,
    Action.LOOK_READ,
    Action.ACTOR_ADD,
    Action.ACTOR_CHANGE,
    Action.ACTOR_END,
    Action.CLIENT_ADD,
    Action.CLIENT_REMOVE,
    Action.API_KEY_ADD,
    Action.API_KEY_END,
    Action.REGISTRY_LOAD,
    Action.POLICY_LOAD,
    Action.CALENDAR_LOAD,
    Action.PLATFORM_DELIVER,
    Action.PLATFORM_QUEUE,
    Action.KEY_ANNOUNCE,
    Action.KEY_ABANDON,
    Action.KEY_SWITCH,
    Action.KEY_RETIRE,
    Action.TRUST_ACCEPT,
}
AT_THE_COUNTER = {Action.COPY_MAKE, Action.COPY_READ, Action.COPY_WITHDRAW, Action.STATEMENT_READ}
"""What a holder asks for, at the counter or in the portal; no title is touched."""
PROGRAM = Caller("upstream", CallerRole.SERVICE, "220000", frozenset({Purpose.FILING}))
PLACES = ("220000", "222400", "222404", "220500", "220582")
PEOPLE = [Actor(f"{role}-{place}", role, place) for role in Role for place in PLACES]
ON = date(2023, 7, 1)


def award(validity_area: str | None, unit_region: str | None) -> Award:
    """An award that counts, or whose holder works, in a place."""
    document = IdDocument(IdKind.CITIZEN, "229901199001011234")
    return Award(
        1, "某人", document, "男", date(1990, 1, 1), 5, "公路", 1, Level.DEPUTY_SENIOR, 1, validity_area, ON,
        "C", "评委会", "某局", "某人社发〔2023〕1号", ON, None, unit_region,
    )  # fmt: skip


def test_every_action_has_one_line() -> None:
    assert set(PERMISSIONS) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_nobody_unknown_may_do_anything(action: Action) -> None:
    assert refusal(action, nobody("somebody"), place="220000") is not None


@pytest.mark.parametrize("action", sorted(set(Action) - READING - AMONG_THEMSELVES))
def test_a_supervisor_changes_nothing(action: Action) -> None:
    assert refusal(action, official(Actor("s", Role.SUPERVISOR, "220000")), place="220000") is not None


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.FILING_SUBMIT, Action.FILING_READ}))
def test_programs_file_and_read_and_do_nothing_else(action: Action) -> None:
    assert refusal(action, PROGRAM, place="220000") is not None


def test_a_program_that_asks_for_eligibility_may_do_that_alone() -> None:
    asking = Caller("upstream", CallerRole.SERVICE, "220000", frozenset({Purpose.ELIGIBILITY}))
    assert [action for action in Action if refusal(action, asking) is None] == [Action.ELIGIBILITY_ASK]


def test_programs_do_only_what_they_are_registered_for() -> None:
    assert refusal(Action.FILING_SUBMIT, PROGRAM) is None
    assert refusal(Action.FILING_SUBMIT, Caller("other", CallerRole.SERVICE, "220000")) is not None


def test_the_operator_decides_nothing() -> None:
    deciding = {action for action in Action if refusal(action, OPERATOR, place="220000") is not None}
    open_to_operator = UPKEEP | AT_THE_COUNTER | (READING - READING_BY_NAME) | {Action.FILING_SUBMIT}
    assert deciding == set(Action) - open_to_operator


@pytest.mark.parametrize("line", PERMISSIONS.values(), ids=lambda line: line.action.value)
def test_steps_under_four_eyes_refuse_the_same_person(line: object) -> None:
    four_eyes = {line.action for line in PERMISSIONS.values() if line.other_than is not None}
    assert four_eyes == {
        Action.REQUEST_CONCLUDE,
        Action.REQUEST_UNLINK_CONFIRM,
        Action.FILING_ISSUE,
        Action.REVOCATION_CONFIRM,
        Action.WRITE_OFF_CONFIRM,
        Action.VOIDING_CONFIRM,
        Action.BATCH_VOIDING_CONFIRM,
        Action.BATCH_RESTORATION_CONFIRM,
        Action.YEAR_CANCEL_CONFIRM,
        Action.ANNULMENT_CONFIRM,
        Action.UNIT_NOTICE_CONFIRM,
        Action.HISTORY_CONFIRM,
        Action.ANNOUNCED_LIST_CONFIRM,
        Action.CORRECTION_CONFIRM,
        Action.SUSPENSION_CONFIRM,
        Action.REINSTATEMENT_CONFIRM,
    }
    for action in four_eyes:
        checker = official(Actor("c", Role.CHECKER, "220000", person="P-1"))
        for persons, same in (({"c"}, True), ({"m"}, False), ({"m", "P-1"}, True)):
            first_person = FirstPerson("m", frozenset(persons))
            why = refusal(action, checker, place="220000", first_person=first_person)
            assert (why is not None) is same


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: one.name)
@pytest.mark.parametrize("places", [("222404", None), (None, "222404"), (None, "220500"), (None, None)])
def test_the_stage_of_decisions_keeps_to_the_table(
    kind: DecisionKind, person: Actor, places: tuple[str | None, str | None]
) -> None:
    given = award(*places)
    table = refusal(proposing(kind), official(person), place=city_responsible(given))
    try:
        require_authority(kind, person, given, CertificateStatus.SUSPENDED)
        stage_refuses = False
    except NotPermitted:
        stage_refuses = True
    assert (table is not None) == stage_refuses


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("maker", [Actor("m", Role.MAKER, place) for place in PLACES], ids=lambda m: m.region)
@pytest.mark.parametrize("checker", [Actor("m", Role.CHECKER, p) for p in PLACES] + PEOPLE[5:10])
def test_the_second_person_is_another_one_of_the_authority_that_confirms(
    kind: DecisionKind, maker: Actor, checker: Actor
) -> None:
    action = confirming(kind)
    first_person = FirstPerson(maker.name, persons_behind(maker.name, maker.person))
    table = refusal(action, official(checker), place=maker.region, first_person=first_person)
    try:
        require_second_person(kind, maker, checker)
        stage_refuses = False
    except NotPermitted:
        stage_refuses = True
    assert (table is not None) == stage_refuses


def test_filings_belong_where_their_committee_works() -> None:
    registry = decode_registry((EXAMPLES / "registry.json").read_bytes())
    places = {
        committee.code: place_of_committee(committee.code, registry) for committee in registry.committees
    }
    assert None not in places.values()
    dual = {committee.code: committee.county for committee in registry.committees if committee.county}
    assert dual
    assert dual.items() <= places.items()
    assert place_of_committee("no such committee", registry) is None
    assert place_of_committee(None, registry) is None


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Action.DECISION_READ, "这一证书属于其他地区"),
        (Action.FILING_READ, "这一备案属于其他地区"),
        (Action.BATCH_VOIDING_PROPOSE, "这一备案属于其他地区"),
        (Action.YEAR_CANCEL_PROPOSE, "这一人员属于其他地区"),
        (Action.ANNOUNCED_LIST_LOAD, "这一公布名单属于其他地区"),
        (Action.HISTORY_IMPORT, "这一批历史数据属于其他地区"),
        (Action.SAMPLE_DRAW, "抽查的范围属于其他地区"),
    ],
)
def test_a_refusal_calls_its_object_by_name(action: Action, words: str) -> None:
    why = refusal(action, official(Actor("m", Role.MAKER, "222400")), place="220100")
    assert why is not None
    assert why.startswith(words)
