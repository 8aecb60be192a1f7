"""A bad input: one small change of a good filing, and what must be said of it.

A change stands in row 2 of three, or in the header. Forms of the file: x = XLSX, c = CSV, j = JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tests.regulation.registry import approval_of
from tests.support.workbooks import DUAL_DIRECTED, HOSPITAL, REGULAR, RURAL, Batch, sample

ERROR, HOLD, WARNING, INFO = "error", "hold", "warning", "info"
ADMITTED = "admitted"
ROWS = 3
CHANGED = 2  # the row that is changed

REMEMBERED: dict[str, Batch] = {}


def first_rows(name: str) -> Batch:
    """The first three persons of a sample, as a filing of their own."""
    if name not in REMEMBERED:
        batch = sample(name)
        REMEMBERED[name] = batch.with_rows(dict(row) for row in batch.rows[:ROWS])
    return REMEMBERED[name]


def by_committee(code: str, sample_name: str = REGULAR, **every_row: Any) -> Batch:
    """A sample as filed by another committee, every row changed alike."""
    batch = first_rows(sample_name)
    header = {"评委会代码": code, "例会批复文号": approval_of(code)}
    if batch.header["备案1报送单位"] == batch.header["评委会代码"]:
        header["备案1报送单位"] = code
    return with_every_row(replace(batch, header={**batch.header, **header}), **every_row)


def with_every_row(batch: Batch, **changes: Any) -> Batch:
    """Every row changed alike."""
    return replace(batch, rows=tuple({**row, **changes} for row in batch.rows))


def by_county(code: str, area: str) -> Batch:
    """The dual-directed sample as filed by another county of the prefecture."""
    batch = by_committee(f"SDX-{area}-NY", DUAL_DIRECTED, 单位所属行政区划=area, 有效区域=area)
    return batch.with_header(备案1报送单位=code)


def regular() -> Batch:
    return first_rows(REGULAR)


def dual() -> Batch:
    return first_rows(DUAL_DIRECTED)


def linked() -> Batch:
    return first_rows(HOSPITAL)


def rural() -> Batch:
    return first_rows(RURAL)


def channel(word: str, **every_row: Any) -> Callable[[], Batch]:
    """The regular sample in a channel of its own."""
    return lambda: with_every_row(regular().with_header(申报类别=word), 取得方式=word, **every_row)


def accounting() -> Batch:
    return by_committee(
        "JL-KJ",
        申报系列="会计人员",
        申报专业="会计",
        申报级别="副高级",
        职称名称="高级会计师",
        现职称="会计师",
        现职称级别="中级",
        考试合格证明编号="GK2022000123",
        考试有效期至=date(2025, 12, 31),
    )


def teaching() -> Batch:
    return by_committee(
        "JL-JY",
        申报系列="中小学教师",
        申报专业="语文",
        申报级别="副高级",
        职称名称="高级教师",
        现职称="一级教师",
        现职称级别="中级",
    )


def clinic() -> Batch:
    return by_committee(
        "JDYY",
        申报系列="卫生技术人员",
        申报专业="内科学",
        申报级别="副高级",
        职称名称="副主任医师",
        现职称="主治医师",
        现职称级别="中级",
        人员类别="编外",
    )


def deputies() -> Batch:
    return with_every_row(
        regular(), 申报级别="副高级", 职称名称="高级工程师", 现职称="工程师", 现职称级别="中级"
    )


@dataclass(frozen=True)
class BadInput:
    """One case. `row` None: the header. `severity` None: nothing at all may be said.

    `also`: other codes that the same change rightly brings. `counts`: admitted, held, refused.
    """

    case: int
    code: str | None
    severity: str | None
    column: str | None
    cells: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    base: Callable[[], Batch] = regular
    forms: str = "xcj"
    also: frozenset[str] = frozenset()
    on_header: bool = False
    rows: tuple[int, ...] = (CHANGED,)
    change: Callable[[Batch], Batch] | None = None

    @property
    def counts(self) -> tuple[int, int, int]:
        """Admitted, held and refused rows."""
        told = 0 if self.on_header else len(self.rows)
        match self.severity:
            case "error":
                return (0, 0, ROWS) if self.on_header else (ROWS - told, 0, told)
            case "hold":
                return (0, ROWS, 0) if self.on_header else (ROWS - told, told, 0)
            case _:
                return ROWS, 0, 0

    def batch(self) -> Batch:
        """The filing with the change in it."""
        base = self.base()
        rows = tuple(
            {**row, **self.cells} if place == CHANGED else row for place, row in enumerate(base.rows, start=1)
        )
        changed = replace(base, header={**base.header, **self.header}, rows=rows)
        return changed if self.change is None else self.change(changed)

    def __str__(self) -> str:
        what = ",".join(f"{key}={value}" for key, value in {**self.header, **self.cells}.items())
        return f"{self.case}-{self.code or 'accepted'}-{what}"[:80]


def row(case: int, code: str | None, severity: str | None, column: str | None, **cells: Any) -> BadInput:
    """A change of row 2."""
    return BadInput(case, code, severity, column, cells)


def head(case: int, code: str | None, severity: str | None, column: str | None, **header: Any) -> BadInput:
    """A change of the header."""
    return BadInput(case, code, severity, column, header=header, on_header=True)


def on(base: Callable[[], Batch], *cases: BadInput) -> Iterable[BadInput]:
    """The same cases over another good filing."""
    return (replace(one, base=base) for one in cases)


CITIZEN, RESIDENCE, FOREIGN = "居民身份证", "港澳台居民居住证", "外国人永久居留身份证"
NAME_OF_31 = "阿布都热合曼·买买提江·图尔荪江·阿卜杜拉·艾合买提江·库尔班江"


def id_of(number: str, kind: str = CITIZEN, **more: Any) -> dict[str, Any]:
    """Cells of an identity document that agree with each other."""
    cells: dict[str, Any] = {"证件类型": kind, "证件号码": number}
    if len(number) == 18 and number[:17].isdigit():
        cells["性别"] = "男" if int(number[16]) % 2 else "女"
        cells["出生日期"] = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return {**cells, **more}


def copied(case: int, code: str, severity: str, column: str, *, of: int = 1, **changes: Any) -> BadInput:
    """Row 2 becomes the person of another row, with changes; both rows are told."""

    def change(batch: Batch) -> Batch:
        person = {
            key: batch.rows[of - 1][key] for key in ("姓名", "证件类型", "证件号码", "性别", "出生日期")
        }
        same = {**batch.rows[of - 1], **person, "序号": CHANGED, **changes}
        return replace(batch, rows=(batch.rows[0], same, batch.rows[2]))

    return BadInput(case, code, severity, column, rows=(1, 2), change=change)
