"""Bad inputs 64-70: publicity, filing, announcement, counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.regulation.bad_input import (
    ERROR,
    HOLD,
    WARNING,
    BadInput,
    head,
    linked,
    on,
    regular,
    with_every_row,
)
from tests.support.workbooks import Batch

SHORT = {
    "公示1开始日期": date(2023, 9, 26),
    "公示1结束日期": date(2023, 10, 3),
    "公示2开始日期": date(2023, 9, 26),
    "公示2结束日期": date(2023, 10, 3),
}
OVER_MAY_DAY = {
    "公示1开始日期": date(2023, 4, 27),
    "公示1结束日期": date(2023, 5, 8),
    "公示2开始日期": date(2023, 4, 27),
    "公示2结束日期": date(2023, 5, 8),
    "备案1日期": date(2023, 5, 9),
    "公布日期": date(2023, 5, 20),
}


def in_april() -> Batch:
    """The regular sample with its meeting in April: the publicity runs over a make-up Saturday."""
    return with_every_row(
        regular().with_header(
            例会批复文号="吉人社职例〔2023〕20号",
            例会批复日期=date(2023, 4, 1),
            评审开始日期=date(2023, 4, 24),
            评审结束日期=date(2023, 4, 26),
            结果报送日期=date(2023, 4, 27),
        ),
        评审日期=date(2023, 4, 25),
    )


def publicity_until(october: int) -> dict[str, date]:
    """Publicity from 26 September to a day of October: the holiday lies between."""
    end = date(2023, 10, october)
    return {**SHORT, "公示1结束日期": end, "公示2结束日期": end, "备案1日期": date(2023, 10, 10)}


PROCEDURE: list[BadInput] = [
    replace(
        head(64, "publicity-too-short", ERROR, "公示1结束日期", **SHORT),
        also=frozenset({"publicity-started-late", "publicity-too-short", "filing-before-publicity-end"}),
    ),
    *(
        replace(
            head(64, code, code and ERROR, code and "公示1结束日期", **publicity_until(day)),
            also=frozenset(
                {"publicity-started-late", "publicity-too-short"} if code else {"publicity-started-late"}
            ),
        )
        for day, code in ((8, "publicity-too-short"), (9, None))
    ),
    replace(head(65, None, None, None, **OVER_MAY_DAY), base=in_april),
    replace(
        head(
            64,
            "publicity-too-short",
            ERROR,
            "公示1结束日期",
            **{**OVER_MAY_DAY, "公示1结束日期": date(2023, 5, 7), "公示2结束日期": date(2023, 5, 7)},
        ),
        base=in_april,
        also=frozenset({"publicity-too-short"}),
    ),
    head(
        66,
        "publicity-one-place",
        ERROR,
        "公示2平台",
        公示2平台=None,
        公示2网址=None,
        公示2开始日期=None,
        公示2结束日期=None,
        公示2截图摘要=None,
    ),
    head(
        66,
        "publicity-dates-differ",
        ERROR,
        "公示2开始日期",
        公示2结束日期=date(2023, 10, 8),
        备案1日期=date(2023, 10, 9),
    ),
    head(67, "filing-late", WARNING, "备案1日期", 备案1日期=date(2023, 10, 13)),
    head(67, "filing-before-publicity-end", ERROR, "备案1日期", 备案1日期=date(2023, 10, 7)),
    replace(
        head(
            68,
            "calendar-unknown",
            ERROR,
            "公示1开始日期",
            **{key: date(2027, 1, 4) if "开始" in key else date(2027, 1, 11) for key in SHORT},
        ),
        also=frozenset(
            {
                "calendar-unknown",
                "publicity-not-over",
                "publicity-started-late",
                "filing-before-publicity-end",
                "announcement-before-publicity-end",
            }
        ),
    ),
    replace(
        head(69, "announcement-before-publicity-end", ERROR, "公布日期", 公布日期=date(2023, 10, 5)),
        also=frozenset({"announcement-before-filing"}),
    ),
    head(69, "announcement-missing", ERROR, "公布文号", 公布文号=None),
    head(69, "announcement-missing", ERROR, "公布文件发文单位", 公布文件发文单位=None),
    head(69, "row-count", ERROR, "行数", 行数=4),
    *on(
        linked,
        head(70, "ratio-exceeded", HOLD, "副高级核定通过比例", 申报人数_副高级=5, 申报人数=31),
        head(70, "quota-exceeded", HOLD, "副高级核定数额", 副高级核定数额="2"),
    ),
    head(70, "more-passed-than-applied", ERROR, "通过人数", 申报人数=2),
    head(70, "passed-count", ERROR, "通过人数", 通过人数=2),
]
