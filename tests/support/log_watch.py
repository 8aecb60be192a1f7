"""After the whole run, everything that was logged is searched for people: a document number or a name fails the run."""

from __future__ import annotations

import re

import pytest

from tests.support.workbooks import GOOD_SAMPLES, sample

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:229\d{14}[\dXx]|8[123]0000\d{12})(?![0-9A-Za-z])")
_STORED = pytest.StashKey[list[tuple[str, str]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_STORED] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.when == "teardown":  # the last report of a test holds what all its phases printed
        logged = [text for title, text in report.sections if "stderr" in title]
        item.config.stash[_STORED].append((item.nodeid, "\n".join(logged)))
    return report


def people_in(text: str) -> set[str]:
    """Document numbers of the test range, and names of the sample filings, that stand in a text."""
    return set(_NUMBER.findall(text)) | {name for name in _names() if name in text}


def _names(known: list[str] = []) -> list[str]:  # noqa: B006  # read once, at the end of a run
    if not known:
        rows = (row for name in GOOD_SAMPLES for row in sample(name).rows)
        known.extend({str(row["姓名"]) for row in rows if len(str(row["姓名"])) > 2})
    return known


def pytest_sessionfinish(session: pytest.Session) -> None:
    found = [(test, people_in(text)) for test, text in session.config.stash[_STORED] if text.strip()]
    leaks = [(test, people) for test, people in found if people]
    for test, people in leaks:
        print(f"\n{test} logged {len(people)} personal value(s)")  # noqa: T201  # where, not what
    if leaks and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
