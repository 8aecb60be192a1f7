"""The background work: what one step does, and when the line stops."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from certsvc.adapters.turns import FileTurns
from certsvc.entrypoints.jobs.background import Companion, watch_keys
from certsvc.entrypoints.jobs.steps import Sequenced, Sequencer, resume_issues
from certsvc.errors import (
    ConfigurationError,
    ConflictError,
    IntegrityError,
    KeysChangedError,
    OlderDatabase,
    UnavailableError,
)

SOON = 0.001
PATIENCE = 10.0


@dataclass
class FakeOffice:
    """Waiting batches, and what was called."""

    waiting: list[int] = field(default_factory=list)
    behind: bool = False
    calls: list[str] = field(default_factory=list)
    issues: dict[str, list[str | Exception]] = field(default_factory=dict)
    replaced: bool = False

    def require_keys_in_force(self) -> None:
        if self.replaced:
            raise KeysChangedError("another key has taken over")

    def record_waiting(self) -> int:
        return self.waiting.pop(0) if self.waiting else 0

    def is_behind(self) -> bool:
        return self.behind

    def publish(self) -> None:
        self.calls.append("publish")

    def republish(self) -> None:
        self.calls.append("republish")

    def unfinished_filings(self) -> tuple[str, ...]:
        return tuple(self.issues)

    def resume_issue(self, filing: str) -> Generator[tuple[str, int], None, None]:
        try:
            for step in self.issues[filing]:
                if isinstance(step, Exception):
                    raise step
                self.calls.append(f"{filing} {step}")
                yield step, 1
        finally:
            self.calls.append(f"{filing} left")


@pytest.mark.parametrize(
    ("waiting", "behind", "now", "done", "calls"),
    [
        ([], False, 10.0, Sequenced(0, published=False, renewed=False), []),
        ([3], False, 10.0, Sequenced(3, published=True, renewed=False), ["publish"]),
        ([], True, 10.0, Sequenced(0, published=True, renewed=False), ["publish"]),
        ([], False, 600.0, Sequenced(0, published=True, renewed=True), ["republish"]),
        ([3], True, 600.0, Sequenced(3, published=True, renewed=True), ["republish"]),
    ],
)
def test_a_step_records_shows_what_is_not_shown_and_renews_in_time(
    waiting: list[int], behind: bool, now: float, done: Sequenced, calls: list[str]
) -> None:
    office = FakeOffice(waiting, behind)
    assert Sequencer(office, renewed_at=0.0).step(now) == done
    assert office.calls == calls


def test_the_checkpoint_is_renewed_every_ten_minutes_and_again_when_it_failed() -> None:
    office = FakeOffice()
    sequencer = Sequencer(office, renewed_at=0.0)
    assert [sequencer.step(float(now)).renewed for now in (1, 599, 600, 601, 1199, 1200)] == [
        *(False, False, True),
        *(False, False, True),
    ]

    def refuse() -> None:
        raise UnavailableError("away")

    office.republish = refuse  # type: ignore[method-assign]
    with pytest.raises(UnavailableError):
        sequencer.step(1800.0)
    del office.republish
    assert sequencer.step(1801.0).renewed


def test_a_step_looks_at_the_keys_before_it_does_anything() -> None:
    office = FakeOffice([3], behind=True, replaced=True)
    with pytest.raises(KeysChangedError):
        Sequencer(office, renewed_at=0.0).step(10.0)
    assert (office.waiting, office.calls) == ([3], [])


def test_a_server_without_a_sequencer_ends_when_another_key_has_taken_over() -> None:
    office, failed = FakeOffice(replaced=True), Event()
    with pytest.raises(KeysChangedError), watch_keys(office, failed.set):
        assert failed.wait(PATIENCE)


def test_every_unfinished_issue_goes_on_though_one_is_being_changed() -> None:
    office = FakeOffice(issues={"A": ["draft", ConflictError("busy")], "B": ["draft", "seal"]})
    assert resume_issues(office, lambda: False) == 3
    assert office.calls == ["A draft", "A left", "B draft", "B seal", "B left"]


def test_a_resumption_asked_to_stop_leaves_after_the_chunk_under_way() -> None:
    office = FakeOffice(issues={"A": ["draft", "seal", "record"], "B": ["draft"]})
    assert resume_issues(office, lambda: len(office.calls) >= 2) == 2
    assert office.calls == ["A draft", "A seal", "A left"]


def test_an_integrity_failure_of_an_issue_is_raised_when_the_others_are_done() -> None:
    office = FakeOffice(issues={"A": [IntegrityError("bad")], "B": ["draft"]})
    with pytest.raises(IntegrityError):
        resume_issues(office, lambda: False)
    assert office.calls == ["A left", "B draft", "B left"]


@pytest.mark.parametrize("error", [KeysChangedError("rotated"), OlderDatabase("restored")])
def test_changed_keys_and_an_older_database_end_the_resumption_at_once(error: Exception) -> None:
    office = FakeOffice(issues={"A": [error], "B": ["draft"]})
    with pytest.raises(type(error)):
        resume_issues(office, lambda: False)
    assert office.calls == ["A left"]


def failing_on(call: int, error: Exception, reached: Event, until: int) -> Callable[..., None]:
    """A step whose n-th call fails; `reached` is set at call `until`."""
    calls = 0

    def step(_stopping: object) -> None:
        nonlocal calls
        calls += 1
        if calls == until:
            reached.set()
        if calls == call:
            raise error

    return step


@pytest.mark.parametrize("error", [UnavailableError("busy"), ConflictError("somebody else wrote")])
def test_what_is_not_possible_at_the_moment_is_tried_again(error: Exception) -> None:
    reached, failed = Event(), Event()
    companion = Companion("test", failing_on(1, error, reached, 3), SOON, failed.set)
    companion.start()
    assert reached.wait(PATIENCE)
    companion.ask_to_stop()
    companion.join()
    companion.require_well()
    assert not failed.is_set()


@pytest.mark.parametrize(
    "error", [IntegrityError("bad"), OlderDatabase("restored"), ConfigurationError("key missing")]
)
def test_any_other_failure_stops_the_line_loudly(error: Exception) -> None:
    failed = Event()
    companion = Companion("test", failing_on(2, error, Event(), 2), SOON, failed.set)
    companion.start()
    assert failed.wait(PATIENCE)
    companion.join()
    with pytest.raises(type(error)) as raised:
        companion.require_well()
    assert raised.value is error


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_stops_the_line_too() -> None:
    failed = Event()
    companion = Companion("test", failing_on(1, KeyError("a fault"), Event(), 1), SOON, failed.set)
    companion.start()
    assert failed.wait(PATIENCE)
    companion.join()
    with pytest.raises(RuntimeError):
        companion.require_well()


def test_a_turn_is_held_by_one_at_a_time_and_given_back(tmp_path: Path) -> None:
    one, other = FileTurns(tmp_path / "turns"), FileTurns(tmp_path / "turns")
    with one.turn("F1", wait=True) as mine:
        assert mine
        with other.turn("F1", wait=False) as taken, other.turn("F2", wait=False) as free:
            assert (taken, free) == (False, True)
    with other.turn("F1", wait=False) as after:
        assert after
