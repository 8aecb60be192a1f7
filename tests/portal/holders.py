"""Holders at the portal: an office with certificates and filings under way, and browsers in which holders are signed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any

import httpx

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.decision import DecisionKind
from certsvc.domain.filing import FilingReport
from tests.access.desk import Desk
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, Batch, sample

HTML = {"Accept": "text/html"}


class Words(HTMLParser):
    """The words of a page, its forms' fields, and what a script or a style could come in by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and where it leads."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "action")]

    def handle_data(self, data: str) -> None:
        """Collect the words."""
        self.text += data


@dataclass
class Portal:
    """What the tests hold; `dual` and `regular` are issued, in the order of the sample's rows."""

    desk: Desk
    dual: tuple[PublicCertificate, ...] = field(init=False)
    regular: tuple[PublicCertificate, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.dual = self.issued(DUAL_DIRECTED, 2)
        self.regular = self.issued(REGULAR, 5)

    def issued(self, name: str, rows: int) -> tuple[PublicCertificate, ...]:
        """The first rows of a sample, issued."""
        batch = sample(name)
        return self.desk.office.issue(self.filed(batch.with_rows(batch.rows[:rows])))

    def filed(self, batch: Batch) -> FilingReport:
        """A filing that waits."""
        return self.desk.office.submit(batch.xlsx())

    @contextmanager
    def signed_in(self, one: PublicCertificate) -> Iterator[httpx.Client]:
        """The browser of a certificate's holder."""
        award = one.draft.content.award
        with self.person(award.name, award.document.number) as browser:
            yield browser

    @contextmanager
    def person(self, name: str, id_number: str) -> Iterator[httpx.Client]:
        """The browser of a person; it asks for pages."""
        with self.desk.holder(name, id_number) as browser:
            browser.headers.update(HTML)
            yield browser

    def decide(self, kind: DecisionKind, one: PublicCertificate, **given: Any) -> None:
        """Decide by two persons."""
        office, number = self.desk.office.office, one.draft.content.number
        words = "吉人社职决〔2026〕8号", date(2026, 11, 20), given.get("ground", "申报材料造假")
        decision = office.deciding.propose(kind, number, *words, "maker", given.get("changes"))
        office.confirm_decision(decision, "checker")

    def looks(self, channel: str = "portal") -> list[tuple[str, str]]:
        """Viewer and object of every look that was noted for a channel."""
        from certsvc.adapters.access_schema import personal_look

        with self.desk.office.office.engine.begin() as connection:
            rows = connection.execute(personal_look.select().order_by(personal_look.c.position)).all()
        return [(row.viewer, row.object) for row in rows if row.channel == channel]


def number_of(one: PublicCertificate) -> str:
    """The number of a certificate."""
    return one.draft.content.number


def page(answer: httpx.Response) -> Words:
    """A page that was found."""
    assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
    assert answer.headers["cache-control"] == "no-store"
    return Words(answer.text)


def person_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Name and number of a row of a sample."""
    return str(row["姓名"]), str(row["证件号码"])
