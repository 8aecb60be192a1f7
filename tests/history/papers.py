"""Files of historical data for tests, and an office whose officials import them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, official
from certsvc.domain.history_words import COLUMNS
from certsvc.stages.historical_import import ImportAnswer
from tests.support.office import OfficeUnderTest

ZHOU = {
    "姓名": "周铭",
    "证件号码": "229901620312051",
    "性别": "男",
    "出生日期": date(1962, 3, 12),
    "原职称名称": "中学高级教师",
    "原职称系列": "中学教师",
    "原职称级别": "高级",
    "原证书编号": "吉中高字980312",
    "取得时间": "1998年6月",
    "原评审委员会": "吉林省中学教师职务评审委员会",
    "原发证单位": "吉林省职称改革领导小组办公室",
    "公布文号": "吉职改办字〔1998〕12号",
    "档案编号": "省档J0123-1998-0456",
    "材料质量": "A",
    "工作单位": "通化市某中学",
    "单位所属行政区划": "220500",
    "备注": "原件影印存档",
}
ZHOU_ID = "229901196203120515"
SOURCE = "省职改办1998年中学教师高级职务名册"
OFFICIALS = (
    Actor("second", Role.CHECKER, "220000"),
    Actor("tonghua", Role.MAKER, "220500"),
    Actor("tonghua-two", Role.CHECKER, "220500"),
    Actor("dongchang", Role.MAKER, "220502"),
    Actor("watcher", Role.SUPERVISOR, "220000"),
)


_WRITTEN: dict[str, bytes] = {}


def history_xlsx(rows: Iterable[Mapping[str, Any]], **header: Any) -> bytes:
    """A workbook of historical data; the same words give the same bytes, whatever second it is."""
    table = [dict(row) for row in rows]
    key = repr((table, header))
    if key not in _WRITTEN:
        _WRITTEN[key] = _workbook(table, header)
    return _WRITTEN[key]


def _workbook(table: list[dict[str, Any]], header: Mapping[str, Any]) -> bytes:
    book = openpyxl.Workbook()
    head = book.active
    head.title = "批次信息"
    for key, value in {"资料来源": SOURCE, "行数": len(table), **header}.items():
        head.append([key, value])
    sheet = book.create_sheet("汇总表")
    sheet.append(list(COLUMNS))
    for number, row in enumerate(table, start=1):
        sheet.append([number, *(_cell(row.get(column)) for column in COLUMNS[1:])])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def history_csv(rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = COLUMNS) -> bytes:
    """The same as CSV, UTF-8."""
    wanted = list(columns)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([["资料来源", SOURCE], [], wanted])
    for number, row in enumerate(rows, start=1):
        filled = {"序号": number, **row}
        writer.writerow([filled.get(column, "") for column in wanted])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return datetime(value.year, value.month, value.day) if is_day else value


@dataclass
class Archive:
    """An office with officials of the province and of a city."""

    under_test: OfficeUnderTest
    clock: FixedClock

    @property
    def office(self) -> Office:
        return self.under_test.office

    def caller(self, name: str) -> Caller:
        actor = self.office.actors.find_actor(name)
        assert actor is not None
        return official(actor)

    def bring_in(self, *rows: Mapping[str, Any], by: str = "maker", raw: bytes | None = None) -> ImportAnswer:
        """Import rows, or a file as given."""
        given = history_xlsx(rows) if raw is None else raw
        return self.office.history.files.receive(given, "历史数据.xlsx", self.caller(by))

    def published(self, *rows: Mapping[str, Any]) -> list[str]:
        """Import and confirm rows; their check references."""
        answer = self.bring_in(*rows)
        assert answer.kept is not None, answer.findings
        self.office.history.confirm(answer.import_id, self.caller("second"))
        return self.references(answer.import_id)

    def references(self, import_id: str) -> list[str]:
        """The references of an import, in the order of its rows."""
        found = self.office.history.store.records(import_id=import_id, state=None, most=100)
        return [one.reference for one in found]

    def ask(self, number: str, name: str = "周铭", id_last4: str = "0515") -> dict[str, Any]:
        """An employer's question by number, name and last four characters."""
        from certsvc.stages.verify import HolderClaim

        return self.office.verification.check_holder(HolderClaim(number, name, id_last4)).as_json()


def open_archive(home: Path, clock: FixedClock, url: str | None = None, **settings_given: Any) -> Archive:
    """A prepared office without records, with other settings where given."""
    opened = OfficeUnderTest(home, clock, url, **settings_given)
    for person in OFFICIALS:
        opened.office.actors.register_actor(person, clock.now())
    return Archive(opened, clock)
