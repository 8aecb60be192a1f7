"""Scenario S7: an aid mission left early. The title is issued, written off without a credit record, and a second try waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_service import ServiceMethod
from certsvc.domain.filing import FilingStatus
from certsvc.errors import RequestError
from certsvc.formats.record import record_text
from tests.decisions.deciders import Deciders, issue_sun, open_deciders
from tests.support.aid_mission import HAN, LATER_MEETING, aid_batch, issue_aid

PERSON, GROUND = str(HAN["证件号码"]), "因个人原因终止援助服务工作"


@pytest.fixture
def deciders(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    clock = FixedClock(datetime(2024, 3, 1, 2, 0, tzinfo=UTC))
    opened = open_deciders(tmp_path / "home", clock, database_url, suspension="off")
    yield opened
    opened.close()


def second_try(deciders: Deciders) -> tuple[FilingStatus, int, int, set[tuple[str, int | None]]]:
    """A filing of the same person for the same incentive, from a later meeting."""
    own = {"例会批复文号": LATER_MEETING, "批次编号": "2023-YW-02", "备案1回执号": "2023-YW-02-1"}
    reviewed = {**HAN, "评审日期": date(2023, 9, 21)}
    batch = aid_batch([reviewed], 公布文号="吉人社职字〔2023〕122号", **own)
    report = deciders.under_test.submit(batch.xlsx())
    found = {(one.code, one.case) for one in report.findings}
    return report.status, report.rows.held, report.rows.refused, found


def test_s7_an_aid_mission_left_early_is_written_off_and_a_second_incentive_waits(
    deciders: Deciders,
) -> None:
    (certificate,) = issue_aid(deciders.under_test)
    number, text = certificate.draft.content.number, record_text(certificate.record)
    assert deciders.shown(certificate) == ("valid", "valid")
    deciders.clock.advance(timedelta(days=40))
    document = deciders.office.decision_documents.upload(b"%PDF-1.7 decision", "maker")
    stored = deciders.decide(
        DecisionKind.WRITE_OFF,
        number,
        ground=GROUND,
        document_ref="吉人社核〔2024〕1号",
        document_sha256=document,
    )
    assert deciders.status(number) == [CertificateStatus.WRITTEN_OFF]
    assert deciders.shown(certificate) == ("written_off", "written_off")
    told = deciders.office.verification.check_qr(text).as_json()
    assert told["verdict"] == "failed"
    assert told["decision"] == {
        "reference": "吉人社核〔2024〕1号",
        "date": "2024-04-10",
        "ground": GROUND,
        "effective_on": "2024-04-10",
    }
    assert deciders.office.filings.credit_blocks([PERSON]) == {}
    assert deciders.office.filings.titles_held([PERSON]) == {}
    deciders.office.decision_documents.serve(stored.id, deciders.clock.today(), ServiceMethod.DIRECT, "maker")
    assert deciders.office.decisions.listed(unserved=True) == ()
    status, held, refused, found = second_try(deciders)
    assert (status, held, refused) == (FilingStatus.EXAMINED, 1, 0)
    assert ("second-aid-incentive", 76) in found
    past = deciders.office.past_answers.for_record(text, date(2024, 3, 15))
    assert past.recorded_then.status is past.known_now.status is CertificateStatus.VALID
    deciders.audit()


def test_a_voided_incentive_was_never_enjoyed(deciders: Deciders) -> None:
    (certificate,) = issue_aid(deciders.under_test)
    deciders.decide(DecisionKind.VOID, certificate.draft.content.number, ground="未按规定程序开展评审")
    _, held, refused, found = second_try(deciders)
    assert (held, refused) == (0, 0)
    assert ("second-aid-incentive", 76) not in found


def test_a_write_off_is_for_aid_missions_alone(deciders: Deciders) -> None:
    with pytest.raises(RequestError, match="核销只适用于"):
        deciders.propose(DecisionKind.WRITE_OFF, issue_sun(deciders).draft.content.number, ground=GROUND)
