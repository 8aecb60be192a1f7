"""Bad inputs 71-90: titles, ways, and the table itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.regulation.bad_input import (
    ERROR,
    HOLD,
    WARNING,
    BadInput,
    accounting,
    channel,
    deputies,
    head,
    linked,
    on,
    row,
    rural,
    teaching,
    with_every_row,
)
from tests.support.workbooks import Batch

TITLES: list[BadInput] = [
    *on(
        deputies,
        row(71, "title-not-of-level", ERROR, "职称名称", 职称名称="工程师"),
        row(71, "title-not-of-level", ERROR, "职称名称", 申报系列="05", 申报级别="2", 职称名称="工程师"),
    ),
    row(72, "level-skip", HOLD, "现职称级别", 现职称="工程师", 现职称级别="中级"),
    row(72, "level-skip", HOLD, "现职称级别", 现职称="工程师", 现职称级别="3"),
    *on(
        channel(
            "基层“3010”",
            申报级别="副高级",
            职称名称="高级工程师",
            现职称="工程师",
            现职称级别="中级",
            聘任起始时间=date(2012, 9, 1),
        ),
        row(73, None, None, None),
        row(
            73,
            "grassroots-3010",
            ERROR,
            "申报级别",
            申报级别="正高级",
            职称名称="正高级工程师",
            现职称="高级工程师",
            现职称级别="副高级",
        ),
    ),
    BadInput(
        73,
        "grassroots-3010",
        ERROR,
        "申报级别",
        {"取得方式": "基层3010"},
        {},
        lambda: with_every_row(
            accounting().with_header(申报类别="基层“3010”"),
            取得方式="基层“3010”",
            聘任起始时间=date(2012, 9, 1),
        ),
        rows=(1, 2, 3),
    ),
    *on(
        channel(
            "基层硕博认定",
            申报级别="副高级",
            职称名称="高级工程师",
            现职称="工程师",
            现职称级别="中级",
            备注="博士",
        ),
        row(74, "grassroots-degree", ERROR, "申报级别", 备注="硕士"),
        row(74, "grassroots-degree", ERROR, "申报级别", 取得方式="14", 备注="硕士"),
    ),
    *on(
        channel("人才激励待遇兑现", 备注="C类人才"),
        row(75, "talent-post-only", ERROR, "备注", 备注="A类人才"),
        row(75, "talent-post-only", ERROR, "备注", 备注="Ｂ类人才"),
        row(75, "talent-class-missing", HOLD, "备注", 备注=None),
    ),
    *on(
        accounting,
        row(
            78,
            "examination-only",
            ERROR,
            "申报级别",
            申报级别="中级",
            职称名称="会计师",
            现职称="助理会计师",
            现职称级别="助理级",
        ),
    ),
    row(79, "post-grade-as-level", ERROR, "申报级别", 申报级别="二级岗位"),
    row(79, "post-grade-as-level", ERROR, "申报级别", 申报级别="专业技术三级岗位"),
    row(79, "post-is-no-title", ERROR, "职称名称", 职称名称="专业技术三级岗位"),
    row(81, "continuing-education-missing", HOLD, "继续教育情况", 继续教育情况=None),
    row(81, "continuing-education-failed", ERROR, "继续教育情况", 继续教育情况="不合格"),
    *on(teaching, row(82, "old-title-name", ERROR, "职称名称", 职称名称="中学高级教师")),
    row(83, "base-not-earlier", ERROR, "现职称取得时间", 现职称取得时间=date(2024, 1, 1)),
    *on(linked, row(84, "tenure-short", WARNING, "聘任起始时间", 聘任起始时间=date(2020, 1, 1))),
]
RURAL_DAYS = {
    "评审年度": 2020,
    "例会批复文号": "吉人社职例〔2020〕5号",
    "例会批复日期": date(2020, 8, 10),
    "评审开始日期": date(2020, 8, 20),
    "评审结束日期": date(2020, 8, 21),
}
EARLY_RURAL = BadInput(
    80,
    "rural-too-early",
    ERROR,
    "评审日期",
    header=RURAL_DAYS,
    base=lambda: with_every_row(
        rural(), 评审日期=date(2020, 8, 20), 申报日期=date(2020, 3, 1), 现职称取得时间=date(2010, 1, 1)
    ),
    rows=(1, 2, 3),
    also=frozenset({"reported-late", "policy-unknown"}),
)


def serial(*numbers: Any) -> Callable[[Batch], Batch]:
    """Other serial numbers."""
    return lambda batch: replace(
        batch, rows=tuple({**row, "序号": number} for row, number in zip(batch.rows, numbers, strict=True))
    )


FILE: list[BadInput] = [
    BadInput(
        86, "column-missing", ERROR, "证件号码", on_header=True, change=lambda b: b.without_column("证件号码")
    ),
    BadInput(
        86,
        "column-unknown",
        ERROR,
        "申报专业方向",
        on_header=True,
        also=frozenset({"column-missing"}),
        change=lambda b: b.without_column("申报专业", renamed="申报专业方向"),
    ),
    BadInput(
        86,
        "column-repeated",
        ERROR,
        "姓名",
        on_header=True,
        forms="xc",
        change=lambda b: replace(b, columns=(*b.columns, "姓名")),
    ),
    BadInput(86, None, None, None, change=lambda b: replace(b, columns=tuple(reversed(b.columns)))),
    head(86, "column-missing", ERROR, "批次编号", 批次编号=None),
    head(86, "header-key-unknown", WARNING, "发文字号", 发文字号="1号"),
    BadInput(
        88, None, None, None, forms="xc", change=lambda b: replace(b, rows=(*b.rows, {}, {}, {"备注": "  "}))
    ),
    BadInput(
        88,
        "blank-row",
        WARNING,
        None,
        on_header=True,
        forms="xc",
        change=lambda b: replace(b, rows=(b.rows[0], {}, *b.rows[1:])),
    ),
    BadInput(88, "no-rows", ERROR, None, on_header=True, change=lambda b: replace(b, rows=())),
    BadInput(89, "serial-gap", ERROR, "序号", on_header=True, change=serial(1, 2, 4)),
    BadInput(89, "serial-gap", ERROR, "序号", on_header=True, change=serial(2, 1, 3)),
    BadInput(89, "serial-unreadable", ERROR, "序号", change=serial(1, None, 3)),
    BadInput(89, "serial-unreadable", ERROR, "序号", change=serial(1, "二", 3)),
    row(90, "date-unreadable", ERROR, "评审日期", 评审日期="2023-02-29"),
    row(90, "date-unreadable", ERROR, "申报日期", 申报日期="23/6/1"),
    row(90, "date-unreadable", ERROR, "现职称取得时间", 现职称取得时间=45078),
    row(90, "date-unreadable", ERROR, "现职称取得时间", 现职称取得时间="45078"),
    head(90, "date-unreadable", ERROR, "公布日期", 公布日期="2023-13-01"),
]
