"""Everybody of a story in one place: officials, holders and relying parties, each in a browser of their own, on one clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor
from tests.access.desk import Desk, open_desk
from tests.support.workbooks import Batch

SHANGHAI = ZoneInfo("Asia/Shanghai")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def at(text: str) -> datetime:
    """An instant of Beijing time, such as `2023-10-08 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class Town:
    """The faces of one office, and a browser in which everybody has a window."""

    desk: Desk
    browser: Browser
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def office(self) -> Any:
        """The office behind the faces: for what no person does in a story, such as time and background work."""
        return self.desk.office.office

    def time_is(self, text: str) -> None:
        """Let it be that time in Beijing; sessions of before may be over."""
        self.desk.clock.instant = at(text)

    def register(self, *people: Actor) -> None:
        """Register officials."""
        for person in people:
            self.office.actors.register_actor(person, self.desk.clock.now())

    def work_goes_on(self) -> None:
        """The background work looks once: whatever was begun is finished."""
        for filing in self.office.unfinished_filings():
            for _ in self.office.resume_issue(filing):
                pass

    @contextmanager
    def official(self, name: str) -> Iterator[Page]:
        """The window of an official who has signed in through the provider."""
        with self.desk.sign_in(name) as browser, self._window(browser, DESKTOP) as page:
            page.goto(self.desk.address + "/console")
            yield page

    @contextmanager
    def holder(self, name: str, id_number: str) -> Iterator[Page]:
        """A holder's window, on a phone."""
        with self.desk.holder(name, id_number) as browser, self._window(browser, PHONE) as page:
            page.goto(self.desk.address + "/portal")
            yield page

    @contextmanager
    def relying_party(self) -> Iterator[Page]:
        """A window of somebody without account; its clock is the story's."""
        with self.desk.visitor() as browser, self._window(browser, DESKTOP) as page:
            page.clock.set_fixed_time(self.desk.clock.now())
            page.goto(self.desk.address + "/")
            yield page

    @contextmanager
    def _window(self, signed: httpx.Client, viewport: Any) -> Iterator[Page]:
        context: BrowserContext = self.browser.new_context(
            locale="zh-CN", viewport=viewport, base_url=self.desk.address, accept_downloads=True
        )
        context.add_cookies(
            [
                {"name": one.name, "value": one.value or "", "url": self.desk.address}
                for one in signed.cookies.jar
            ]
        )
        complaints: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        assert complaints == []


@contextmanager
def open_town(home: Path, browser: Browser, begins: str, **settings: Any) -> Iterator[Town]:
    """A town over a new office, at a time in Beijing."""
    with open_desk(home, FixedClock(at(begins)), **settings) as desk:
        yield Town(desk, browser)


def upload(page: Page, batch: Batch | bytes, name: str = "备案.xlsx") -> None:
    """Choose a workbook in the field for files and send its form."""
    raw = batch if isinstance(batch, bytes) else batch.xlsx()
    page.locator('input[type="file"]').first.set_input_files({"name": name, "mimeType": XLSX, "buffer": raw})
    page.locator("form:has(input[type=file]) button").first.click()


def said(page: Page, words: str) -> None:
    """The page says so."""
    expect(page.locator("main")).to_contain_text(words)


def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str) -> None:
    """Follow the link of that name."""
    page.get_by_role("link", name=name).first.click()
