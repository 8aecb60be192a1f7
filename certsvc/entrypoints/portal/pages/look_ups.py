"""Who looked, and when: the look-ups of one's certificate and the openings of its grants, by month and one by one."""

from __future__ import annotations

from calendar import month_abbr
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from certverify.verdict import Outcome
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certsvc.domain.permission import Action
from certsvc.entrypoints.html.charts import LineChart, line_chart
from certsvc.entrypoints.html.language import Language, language_of
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.portal.access import office_of
from certsvc.entrypoints.portal.allowance import require_holders_allowance
from certsvc.entrypoints.portal.pages.access import Viewing
from certsvc.entrypoints.portal.pages.choosing import chosen_of, own_choices
from certsvc.entrypoints.portal.pages.showing import show
from certsvc.ports.look_ups import HANDED_OUT, LookUpChannel
from certsvc.stages.look_ups import MarkedLookUp, SeenByHolder

PATH: Final = "/portal/look-ups"
ROWS: Final = 20
_MONTHS: Final = 12
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_CHANNELS: Final = {
    LookUpChannel.PAGE: ("在公开网页上核验", "checked on the public page"),
    LookUpChannel.API: ("通过系统接口核验", "checked by a program"),
    LookUpChannel.BATCH: ("在批量核验中查到", "checked in a whole list"),
}
_TOLD: Final = {
    Outcome.PASSED.value: ("通过核验", "verified", "passed"),
    Outcome.FAILED.value: ("未通过核验", "not verified", "failed"),
    Outcome.UNDETERMINED.value: ("无法判定", "cannot tell", "unknown"),
    HANDED_OUT: ("提供了核验材料", "evidence handed out", "unknown"),
}
Number = Annotated[str, Query(max_length=32)]
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look in words: when, who, what they did, and what they were told with its tone."""

    at: datetime
    who: tuple[str, str]
    what: tuple[str, str]
    told: tuple[str, str, str]


@router.get(PATH)
@needs(Action.LOOK_UP_READ, on="look-ups")
def look_ups(request: Request, signed: Viewing, number: Number = "", page: PageNumber = 1) -> Response:
    """The last looks at one certificate, newest first, twenty a page."""
    office = office_of(request)
    office.permits.require(Action.LOOK_UP_READ, signed.caller, "look-ups")
    require_holders_allowance(request, signed)
    choices = own_choices(office, signed)
    chosen = chosen_of(choices, number)
    seen: list[Seen] = []
    if chosen is not None:
        seen = _in_words(office.holder_look_ups.of(signed.holder, chosen.number))
    paging = Paging(PATH, page, len(seen), {} if chosen is None else {"number": chosen.number}, ROWS)
    return show(
        request,
        signed,
        "look_ups.html.j2",
        choices=choices,
        chosen=chosen,
        seen=seen[paging.offset : paging.offset + ROWS],
        paging=paging,
        chart=_by_month([one.at for one in seen], office.clock.now(), language_of(request)),
        kept_years=round(office.settings.look_up_days / 365),
    )


def _in_words(found: SeenByHolder) -> list[Seen]:
    looks = [_look(one) for one in found.look_ups]
    openings = [
        Seen(
            one.at,
            (f"您授权的“{one.recipient}”", f"“{one.recipient}”, whom you granted it"),
            ("凭授权码查看", "opened your grant"),
            ("看到您选择出示的内容", "saw what you chose to show", "passed"),
        )
        for one in found.openings
    ]
    return sorted((*looks, *openings), key=lambda one: one.at, reverse=True)


def _look(marked: MarkedLookUp) -> Seen:
    one = marked.look_up
    if one.organisation is not None:
        why = "" if one.purpose is None else f"（{one.purpose}）"
        who = f"{one.organisation}{why}", f"{one.organisation}{why}"
    else:
        who = marked.mark or "", f"somebody ({marked.mark})"
    return Seen(one.at, who, _CHANNELS[one.channel], _TOLD[one.verdict])


def _by_month(looks: Sequence[datetime], now: datetime, language: Language) -> LineChart | None:
    counted = Counter(_month(at) for at in looks)
    months = list(_last_months(now))
    return line_chart(
        ("最近十二个月被查验的次数", "Looks in the last twelve months"),
        (("月份", "Month"), ("次数", "Looks")),
        [(_short(month, language), counted[month]) for month in months],
        ("次", "looks"),
    )


def _month(at: datetime) -> str:
    return f"{at.astimezone(_SHANGHAI):%Y-%m}"


def _short(month: str, language: Language) -> str:
    """A month of the last twelve needs no year."""
    number = int(month[-2:])
    return f"{number}月" if language is Language.CHINESE else month_abbr[number]


def _last_months(now: datetime) -> Iterator[str]:
    local = now.astimezone(_SHANGHAI)
    newest = local.year * 12 + local.month - 1
    for month in range(newest - _MONTHS + 1, newest + 1):
        yield f"{month // 12}-{month % 12 + 1:02}"
