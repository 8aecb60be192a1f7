"""Bad inputs that only show beside what the database knows: titles held, credit records, cancelled years, documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.decision import DecisionKind
from certsvc.domain.filing import FilingReport
from certsvc.domain.identity import IdKind
from tests.decisions.deciders import Deciders
from tests.regulation.bad_input import channel, id_of, with_every_row
from tests.regulation.registry import further_registry
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, Batch, sample

ISSUED_AT = datetime(2023, 11, 20, 2, 0, tzinfo=UTC)
HELD = {"姓名": "魏持有", **id_of("229901198503171022")}
REVOKED = {"姓名": "吴撤销", **id_of("229906197605300515")}
AIDED = {"姓名": "孙援疆", **id_of("229901198408191041")}
CANCELLED = {"姓名": "周取消", **id_of("229901196003171027")}
DEPUTY = {"申报级别": "副高级", "职称名称": "高级工程师", "现职称": "工程师", "现职称级别": "中级"}
AID = "援疆援藏援外支教激励"


def filing_of(*people: dict[str, Any], **header: Any) -> Batch:
    """The regular sample with these persons, as a batch and a document of their own."""
    return sample(REGULAR).with_rows(people).with_header(**header)


def of_autumn_2026(applied_on: date, *people: dict[str, Any]) -> Batch:
    """The regular sample three years later."""
    days = {
        "批次编号": "2026-GC-GL-01",
        "评审年度": 2026,
        "例会批复文号": "吉人社职例〔2026〕60号",
        "例会批复日期": date(2026, 11, 1),
        "评审开始日期": date(2026, 11, 24),
        "评审结束日期": date(2026, 11, 25),
        "结果报送日期": date(2026, 11, 26),
        "公示1开始日期": date(2026, 11, 26),
        "公示1结束日期": date(2026, 12, 3),
        "公示2开始日期": date(2026, 11, 26),
        "公示2结束日期": date(2026, 12, 3),
        "备案1日期": date(2026, 12, 4),
        "公布文号": "吉人社职字〔2026〕90号",
        "公布日期": date(2026, 12, 10),
    }
    return with_every_row(filing_of(*people, **days), 申报日期=applied_on, 评审日期=date(2026, 11, 24))


class Known:
    """An office that has issued, and decided over, four persons' certificates in November 2023."""

    def __init__(self, opened: OfficeUnderTest) -> None:
        self.opened = opened
        opened.office.load_registry(further_registry())
        ordinary = self.issued(filing_of(HELD, REVOKED | DEPUTY))
        aid = channel(AID)().with_header(批次编号="2023-YW-01", 公布文号="吉人社职字〔2023〕102号")
        self.issued(aid.with_rows([AIDED | DEPUTY | {"依据文号": "吉组派〔2019〕3号"}]))
        self.decide(DecisionKind.REVOKE, ordinary[1])
        self.cancel_year()
        opened.clock.advance(timedelta(days=3 * 366 + 30))

    def issued(self, batch: Batch) -> tuple[PublicCertificate, ...]:
        report = self.opened.submit(batch.xlsx())
        assert report.rows.admitted == len(batch.rows)
        return self.opened.issue(report)

    def decide(self, kind: DecisionKind, certificate: PublicCertificate) -> None:
        deciders = Deciders(self.opened, self.opened.clock)
        deciders.decide(kind, certificate.draft.content.number)

    def cancel_year(self) -> None:
        """The year 2023 of a person with copied material, by two officers of the province."""
        years = self.opened.office.credit.cancelled_years
        step = years.propose(
            CANCELLED["姓名"],
            IdKind.CITIZEN,
            CANCELLED["证件号码"],
            2023,
            None,
            "吉人社函〔2023〕300号",
            date(2023, 11, 20),
            "申报材料雷同",
            "maker",
        )
        years.confirm(step, "checker")

    def told(self, batch: Batch) -> list[tuple[str, str, int | None, int | None, str | None]]:
        """Code, severity, case, row and column of each finding; alike in the three forms."""
        forms = ((batch.xlsx(), "a.xlsx"), (batch.csv(), "a.csv"), (batch.json(), "a.json"))
        reports = [self.opened.submit(*form) for form in forms]
        assert len({_said(report) for report in reports}) == 1
        return list(_said(reports[0]))


def _said(report: FilingReport) -> tuple[tuple[str, str, int | None, int | None, str | None], ...]:
    return tuple((f.code, f.severity.value, f.case, f.row, f.column) for f in report.findings)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    opened = OfficeUnderTest(tmp_path_factory.mktemp("known"), FixedClock(ISSUED_AT))
    yield Known(opened)
    opened.close()


def test_a_title_that_is_held_is_not_issued_again(known: Known) -> None:
    """Case 23."""
    again = filing_of(HELD, {})
    assert known.told(again) == [("title-already-held", "error", 23, 1, "职称名称")]


def test_a_revoked_title_does_not_come_back_by_the_same_review(known: Known) -> None:
    """Case 23: a supplement of the batch brings back nothing that was taken away."""
    again = filing_of({}, REVOKED | DEPUTY)
    assert ("title-withdrawn", "error", 23, 2, "职称名称") in known.told(again)


@pytest.mark.parametrize(("day", "barred"), [(date(2026, 11, 19), True), (date(2026, 11, 20), False)])
def test_a_credit_record_bars_for_three_years_to_the_day(known: Known, day: date, barred: bool) -> None:
    """Case 31: recorded on 2023-11-20, so the application of 2026-11-20 is free again."""
    told = known.told(of_autumn_2026(day, {}, REVOKED | DEPUTY))
    assert told == ([("credit-block", "error", 31, 2, "证件号码")] if barred else [])


def test_a_cancelled_year_bars_that_year_only(known: Known) -> None:
    """Case 32."""
    told = known.told(filing_of({"申报专业": "隧道工程"}, CANCELLED))
    assert told == [("year-cancelled", "error", 32, 2, "证件号码")]
    assert known.told(of_autumn_2026(date(2026, 11, 1), {}, CANCELLED)) == []


def test_the_aid_incentive_is_had_once(known: Known) -> None:
    """Case 76: a second one waits for a person."""
    batch = channel(AID)().with_header(批次编号="2023-YW-02", 公布文号="吉人社职字〔2023〕103号")
    basis = {"依据文号": "吉组派〔2022〕1号", "备注": "援疆三年期满，考核合格"}
    told = known.told(batch.with_rows([basis, AIDED | basis]))
    assert told == [("second-aid-incentive", "hold", 76, 2, "取得方式")]


def test_who_passed_the_regular_review_gets_no_epidemic_incentive_in_that_year(known: Known) -> None:
    """Case 77."""
    batch = channel("抗疫激励")().with_header(
        批次编号="2023-KY-01", 公布文号="吉人社职字〔2023〕104号", 公示1平台="吉林省人力资源和社会保障厅网站"
    )
    other = {"申报专业": "隧道工程", **DEPUTY}
    told = known.told(batch.with_rows([other, HELD | other]))
    assert told == [
        ("epidemic-year", "error", None, None, "评审年度"),
        ("epidemic-and-regular", "error", 77, 2, "取得方式"),
    ]


def test_a_document_of_another_batch_serves_no_second_one(known: Known) -> None:
    """Case 69."""
    other = filing_of({}, {"姓名": "李后来", **id_of("229901198408191041")}, 批次编号="2023-GC-GL-77")
    assert known.told(other)[0] == ("announcement-used", "error", 69, None, "公布文号")


def test_the_same_file_twice_is_one_filing(known: Known) -> None:
    """Case 69: a replay is answered as before and issues nothing more."""
    raw = filing_of(HELD, REVOKED | DEPUTY).xlsx()
    before = len(known.opened.office.certificates.published())
    assert known.opened.submit(raw) == known.opened.submit(raw)
    assert len(known.opened.office.certificates.published()) == before
