"""Search, lists and traces on both databases: by keyed digests, within a reach, the same before and after a refill."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import certificate
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, official
from certsvc.domain.certificate_search import CertificateQuestion
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_lists import DecisionQuestion, DecisionView
from certsvc.errors import NotPermitted
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES

PROVINCE = official(Actor("second", Role.CHECKER, "220000"))
ELSEWHERE = official(Actor("tonghua", Role.MAKER, "220500"))
CITY = official(Actor("city", Role.MAKER, "222400"))


def test_certificates_and_decisions_are_found_in_reach_alone(tmp_path: Path, database_url: str) -> None:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    office = OfficeUnderTest(tmp_path, clock, database_url)
    one, other, *_ = office.issue(office.submit((EXAMPLES / DUAL_DIRECTED).read_bytes()))
    award, number = one.draft.content.award, one.draft.content.number
    room = office.office.decision_room

    def found(by: Caller = PROVINCE, **asked: object) -> list[str]:
        page = room.search.page(CertificateQuestion(**asked), by, "console")  # type: ignore[arg-type]
        assert page.total == len(page.rows)
        return [row.number for row in page.rows]

    everything = found()
    assert number in everything
    assert everything == sorted(everything, reverse=True)
    assert found(by=CITY) == found(by=CITY, place=award.validity_area) == everything
    assert found(by=ELSEWHERE) == []
    with pytest.raises(NotPermitted):
        found(by=ELSEWHERE, place="222404")
    assert found(name=award.name) == found(id_number=award.document.number.lower()) == [number]
    assert found(name=award.name, id_number=other.draft.content.award.document.number) == []
    assert found(number=f" {number.lower()} ") == [number]
    assert (
        found(series=award.series, year=award.acquired_on.year, status=CertificateStatus.VALID) == everything
    )
    assert found(year=award.acquired_on.year - 1) == found(status=CertificateStatus.REVOKED) == []

    deciding = office.office.deciding
    terms = (number, "吉人社函〔2026〕18号", date(2026, 11, 20), "文字有误", "maker")
    correction = deciding.propose(DecisionKind.CORRECT, *terms, {"name": "更名人"})
    waiting = room.lists.decisions(DecisionQuestion(), PROVINCE)
    assert [row.id for row in waiting.rows] == [correction]
    assert room.lists.decisions(DecisionQuestion(), ELSEWHERE).total == 0
    assert room.lists.decisions(DecisionQuestion(DecisionView.MINE), CITY).total == 0
    office.office.confirm_decision(correction, "checker")
    assert found(name=award.name) == found(name="更名 人") == [number]

    with office.office.engine.begin() as connection:
        connection.execute(update(certificate).values(name_key=None))
    assert found(name="更名人") == []
    names = office.office.information.names
    assert names.fill() == len(everything) + 1
    assert names.fill() == 0
    assert found(name="更名人") == [number]
    trace = room.traces.trace(number, PROVINCE, "console")
    assert [version.version for version in trace.ways] == [1, 2]
    assert trace.ledger is not None
    assert all(leaf.hashes is not None for leaf in trace.ledger.leaves)
    with pytest.raises(NotPermitted):
        room.traces.trace(number, ELSEWHERE, "console")
    office.close()
