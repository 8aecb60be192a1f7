"""Accounts 人员账号, for the security administrator: list, add, change, end."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certsvc.domain.actor import Actor, Role
from certsvc.domain.permission import Action
from certsvc.domain.regions import REGIONS
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import divisions_of, place_words
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import filters_of
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.ports.people import AccountQuestion

PATH: Final = "/console/people"
router = APIRouter(prefix=PATH, include_in_schema=False)
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "added": ("账号已登记。", "The account is registered."),
    "changed": ("账号已调整，此人须重新登录。", "The account is changed; the person signs in anew."),
    "ended": ("账号已停用，已登录的立即退出。", "The account is ended; its sessions are closed."),
}


class AccountState(StrEnum):
    """Whether an account may be used."""

    IN_OFFICE = "in_office"
    ENDED = "ended"


@router.get("")
@needs(Action.ACTOR_READ, on="actors")
def listed(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Accounts by role, region and state, a page at a time."""
    given = filters_of(request)
    role, region, state = given.choice("role", Role), given.region(), given.choice("state", AccountState)
    question = AccountQuestion(role, region, None if state is None else state is AccountState.IN_OFFICE)
    shown = {"role": role or "", "region": region or "", "state": state or ""}
    desk = office_of(request).people.accounts
    total, found = desk.listed(
        question, Paging(PATH, page, 0).offset, Paging(PATH, page, 0).rows, session.caller
    )
    return show(
        request,
        session,
        "people/accounts.html.j2",
        accounts=found,
        paging=Paging(PATH, page, total, {name: str(one) for name, one in shown.items()}),
        given=shown,
        roles=tuple(Role),
        regions=divisions_of(session.caller),
        place_words=place_words,
        address_of=account_address,
        notice=SAID.get(request.query_params.get("said", "")),
    )


@router.get("/account")
@needs(Action.ACTOR_READ, on="actors")
def account(request: Request, session: Viewing) -> Response:
    """One account, with what can be changed."""
    name = filters_of(request).text("name") or ""
    found = office_of(request).people.accounts.find(name, session.caller)
    return show(
        request,
        session,
        "people/account.html.j2",
        account=found,
        own=name == session.caller.name,
        roles=tuple(Role),
        regions=divisions_of(session.caller),
        place_words=place_words,
        notice=SAID.get(request.query_params.get("said", "")),
    )


@router.post("")
@needs(Action.ACTOR_ADD, on="actors")
def add(request: Request, form: Posting) -> Response:
    """Register an account, or one that ended once more."""
    new = _actor(form.form)
    office_of(request).people.accounts.add(new, form.caller)
    return go_to(account_address(new.name, "added"))


@router.post("/change")
@needs(Action.ACTOR_CHANGE, on="actors")
def change(request: Request, form: Posting) -> Response:
    """Register an account in office anew."""
    new = _actor(form.form)
    office_of(request).people.accounts.change(new, form.caller)
    return go_to(account_address(new.name, "changed"))


@router.post("/end")
@needs(Action.ACTOR_END, on="actors")
def end(request: Request, form: Posting) -> Response:
    """End an account."""
    name = form.form.text("name", 64)
    office_of(request).people.accounts.end(name, form.caller)
    return go_to(account_address(name, "ended"))


def account_address(name: str, said: str | None = None) -> str:
    """The page of an account."""
    return f"{PATH}/account?" + urlencode({"name": name} | ({} if said is None else {"said": said}))


def _actor(form: GivenForm) -> Actor:
    role = next((one for one in Role if one.value == form.text("role", 16)), None)
    region = form.text("region", 6)
    if role is None or region not in REGIONS:
        raise RequestError("请选择角色和地区。")
    codes = form.text("committees", 2000).replace(",", " ").replace("，", " ").replace("、", " ").split()
    return Actor(
        form.text("name", 64),
        role,
        region,
        frozenset(codes) if role is Role.COMMITTEE else frozenset(),
        form.text("unit", 18) or None if role is Role.UNIT else None,
        form.text("person", 64) or None,
    )
