"""Announced lists for tests: made from the rows of a batch, changed in places, written as XLSX or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import openpyxl

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.actor import Actor, Role
from certsvc.domain.id_numbers import check_character
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, Batch, sample

DOCUMENT = "吉人社职字〔2023〕101号"
CORRECTED = "吉人社职字〔2023〕118号"
BODY = "吉林省人力资源和社会保障厅"
ANNOUNCED_ON, CORRECTED_ON = date(2023, 10, 20), date(2023, 11, 10)
LOADER, CONFIRMER = "list-maker", "list-checker"
PEOPLE = (
    Actor(LOADER, Role.MAKER, "220000"),
    Actor(CONFIRMER, Role.CHECKER, "220000"),
    Actor("watcher", Role.SUPERVISOR, "220000"),
    Actor("tonghua", Role.MAKER, "220500"),
    Actor("tonghua-two", Role.CHECKER, "220500"),
)
COLUMNS = ("序号", "姓名", "证件号码", "单位", "系列", "专业", "级别", "职称名称", "有效区域")


@dataclass(frozen=True)
class AnnouncedFile:
    """A list as values."""

    header: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    columns: tuple[str, ...] = field(default=COLUMNS)

    def but(self, number: int, **changes: Any) -> AnnouncedFile:
        """One row, by 序号, with other values."""
        rows = tuple({**row, **changes} if row["序号"] == number else row for row in self.rows)
        return replace(self, rows=rows)

    def without(self, *numbers: int) -> AnnouncedFile:
        """Without some rows."""
        return replace(self, rows=tuple(row for row in self.rows if row["序号"] not in numbers))

    def also(self, *rows: Mapping[str, Any]) -> AnnouncedFile:
        """With more rows at the end."""
        return replace(self, rows=(*self.rows, *rows))

    def shown(self, numbers: str) -> AnnouncedFile:
        """With the numbers of documents masked but for the last four (`tails`), or left out (`none`)."""
        hide = {"tails": lambda whole: "*" * 14 + whole[-4:], "none": lambda _whole: None}[numbers]
        return replace(self, rows=tuple({**row, "证件号码": hide(row["证件号码"])} for row in self.rows))

    def named(self, document_ref: str, on: date = CORRECTED_ON, **header: Any) -> AnnouncedFile:
        """Of another document."""
        given = {"公布文号": document_ref, "公布日期": on, **header}
        return replace(self, header={**self.header, **given})

    def with_column(self, column: str) -> AnnouncedFile:
        """With one more column."""
        return replace(self, columns=(*self.columns, column))

    def xlsx(self) -> bytes:
        """The workbook's bytes."""
        book = openpyxl.Workbook()
        head = book.active
        head.title = "批次信息"
        for key, value in self.header.items():
            head.append([key, _cell(value)])
        table = book.create_sheet("汇总表")
        table.append(list(self.columns))
        for row in self.rows:
            table.append([_cell(row.get(column)) for column in self.columns])
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()

    def csv(self) -> bytes:
        """The same as CSV."""
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerows((key, value) for key, value in self.header.items())
        writer.writerow([])
        writer.writerow(self.columns)
        writer.writerows([row.get(column) for column in self.columns] for row in self.rows)
        return written.getvalue().encode()


def people(count: int) -> list[dict[str, Any]]:
    """Rows of a regular batch for so many persons."""
    return [dict(one) for one in _people(count)]


@cache
def _people(count: int) -> tuple[dict[str, Any], ...]:
    first = {**sample(REGULAR).rows[0], "依据文号": None}
    names = "赵钱孙李周吴郑王冯陈"
    born = date(1975, 1, 2)
    found = []
    for place in range(count):
        day = born + timedelta(days=37 * place)
        first17 = f"229901{day:%Y%m%d}{place % 500 * 2 + 1:03}"
        name = f"{names[place % 10]}{'甲乙丙丁戊己庚辛壬癸'[place // 10 % 10]}{'子丑寅卯辰巳午未申酉'[place % 10]}"
        found.append(
            {
                **first,
                "姓名": name,
                "证件类型": "居民身份证",
                "证件号码": first17 + check_character(first17),
                "性别": "男",
                "出生日期": day,
            }
        )
    return tuple(found)


def batch(rows: Iterable[Mapping[str, Any]], **header: Any) -> Batch:
    """A regular batch of these rows under the document."""
    return sample(REGULAR).with_rows(rows).with_header(**header)


def announced(rows: Iterable[Mapping[str, Any]], first: int = 1) -> AnnouncedFile:
    """The announced list of such rows."""
    listed = tuple(listed_as(number, row) for number, row in enumerate(rows, start=first))
    header = {
        "公布文号": DOCUMENT,
        "公布文件发文单位": BODY,
        "公布日期": ANNOUNCED_ON,
        "公布文件标题": "关于公布评审结果的通知",
    }
    return AnnouncedFile(header, listed)


def listed_as(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the batch as a row of the list."""
    same = {column: row.get(column) for column in ("姓名", "证件号码", "职称名称", "有效区域")}
    return {
        "序号": number,
        **same,
        "单位": row["工作单位"],
        "系列": row["申报系列"],
        "专业": row["申报专业"],
        "级别": row["申报级别"],
    }


def register(office: OfficeUnderTest) -> None:
    """The officials who see to lists."""
    for person in PEOPLE:
        office.office.actors.register_actor(person, office.clock.now())


def put_in_force(office: OfficeUnderTest, file: AnnouncedFile, name: str = "list.xlsx") -> str:
    """Load and confirm a list; its id."""
    raw = file.csv() if name.endswith(".csv") else file.xlsx()
    answer = office.office.announced.load(raw, name, LOADER)
    assert answer.kept is not None, answer.findings
    return office.office.announced.loading.confirm(answer.kept.id, CONFIRMER).id


def correct(office: OfficeUnderTest, file: AnnouncedFile, replaced: str = DOCUMENT) -> str:
    """Load and confirm a corrected list; its id."""
    lists = office.office.announced
    answer = lists.replace(file.xlsx(), "list.xlsx", replaced, file.header["公布文号"], LOADER)
    assert answer.kept is not None, answer.findings
    return lists.loading.confirm(answer.kept.id, CONFIRMER).id


def issue(office: OfficeUnderTest, filing: Batch) -> tuple[PublicCertificate, ...]:
    """File and issue a batch."""
    report = office.submit(filing.xlsx())
    assert report.rows.admitted, report.findings
    return office.issue(report)


def _cell(value: Any) -> Any:
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value
