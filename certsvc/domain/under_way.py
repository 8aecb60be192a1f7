"""Titles under way 办理中: where a filed row stands on its way to a certificate, for the person whom it names.

Source: 吉人社函〔2022〕181号 三.5, 三.6; 吉人社函〔2023〕211号 四（四）. The person is told their own row alone: neither
the batch, nor anybody's opinion, nor what an objection says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certsvc.domain.announced_list import Listed
from certsvc.domain.filed_person import FiledTitle
from certsvc.domain.filing import FilingStatus


@dataclass(frozen=True, slots=True)
class FiledRow:
    """A row of a filing as the register has it.

    `outcome`: `admitted`, `held` or `refused`; `hold_codes` and `error_codes` say why, `error_columns` where. `header`: keys and
    texts of 批次信息 as filed, empty while they were not read. `received_on`: the day of the newest receipt of the filing chain;
    `filing_due_on`: by when the batch is to be filed. `published`: the certificate can be had. `batch_void`: the batch was
    declared void and not restored.
    """

    filing: str
    row: int
    filed: FiledTitle
    status: FilingStatus
    outcome: str
    hold_codes: tuple[str, ...]
    error_codes: tuple[str, ...]
    error_columns: tuple[str, ...]
    batch_ref: str | None
    committee_code: str | None
    announcement_ref: str | None
    received_at: datetime
    approved_on: date | None
    header: tuple[tuple[str, str], ...]
    received_on: date | None
    filing_due_on: date | None
    published: bool
    batch_void: bool


@dataclass(frozen=True, slots=True)
class AnnouncedRow:
    """A row of an announced list in force that no filing names the person for: 已公布，等待报送备案."""

    list: str
    document_ref: str
    announcing_body: str
    announced_on: date
    listed: Listed


class Step(StrEnum):
    """The steps of the chain, in their order."""

    REPORTED = "reported"
    PUBLICITY = "publicity"
    FILED = "filed"
    ANNOUNCED = "announced"
    EXAMINED = "examined"
    APPROVED = "approved"
    ISSUED = "issued"


class Standing(StrEnum):
    """Where a step stands: `present` is the one that is being worked at, `stopped` waits for somebody to act."""

    DONE = "done"
    PRESENT = "present"
    STOPPED = "stopped"
    AHEAD = "ahead"


class Reason(StrEnum):
    """Why a row does not go on, as the person may know it."""

    UNDER_EXAMINATION = "under-examination"
    QUALIFICATION = "qualification"
    EVIDENCE = "evidence"
    BATCH = "batch"
    PRINTING = "printing"
    HELD_TITLE = "held-title"
    DATA = "data"
    NOT_PASSED = "not-passed"
    NOT_GRANTED = "not-granted"
    WHOLE_BATCH_RETURNED = "whole-batch-returned"
    BATCH_VOID = "batch-void"


@dataclass(frozen=True, slots=True)
class BatchDays:
    """What the header of a batch claims: report of results, the last day of publicity, the first filing."""

    reported_on: date | None
    publicity_ends_on: date | None
    filed_on: date | None


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A step with its standing, the day on which it was done, and the day by which it is due, where one is set."""

    step: Step
    standing: Standing
    done_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A title under way: what was filed, by which committee, the chain, why it does not go on (empty: it does).

    `columns`: the columns of the table that must be put right, where the row was refused for them.
    """

    filing: str
    filed: FiledTitle
    committee: str | None
    batch_ref: str | None
    announcement_ref: str | None
    chain: tuple[ChainStep, ...]
    reasons: tuple[Reason, ...]
    columns: tuple[str, ...]

    @property
    def present(self) -> ChainStep:
        """The step that is worked at, or at which it stopped."""
        return next(one for one in self.chain if one.standing in (Standing.PRESENT, Standing.STOPPED))


_UNDER_EXAMINATION = frozenset(
    {
        "objection-open",
        "credit-block-before-issue",
        "title-ended-before-issue",
        "year-cancelled-before-issue",
        "reference-annulled-before-issue",
    }
)
_HELD_TITLE = frozenset({"title-held-at-issue", "no-step-up"})
_BATCH = frozenset(
    {
        "batch-held",
        "ratio-exceeded",
        "quota-exceeded",
        "ratio-not-approved",
        "college-ratio",
        "unit-share-exceeded",
        "ratio-differs-from-approval",
        "sub-unit-missing",
        "share-wrong-authority",
        "share-above-notice",
        "authority-not-delegated",
        "approval-same-day",
        "policy-unknown",
        "dual-directed-yearly",
        "announced-row-unclear",
    }
)
_QUALIFICATION = frozenset(
    {"level-skip", "base-title-missing", "way-base-years", "epidemic-tenure", "second-aid-incentive"}
)
_REASONS: Final = MappingProxyType(
    {
        **dict.fromkeys(_UNDER_EXAMINATION, Reason.UNDER_EXAMINATION),
        **dict.fromkeys(_HELD_TITLE, Reason.HELD_TITLE),
        **dict.fromkeys(_BATCH, Reason.BATCH),
        **dict.fromkeys(_QUALIFICATION, Reason.QUALIFICATION),
        **dict.fromkeys(("glyph-missing", "header-glyph-missing"), Reason.PRINTING),
        "id-fifteen-digits": Reason.DATA,
    }
)


def reason_behind(code: str) -> Reason:
    """What the person is told of a hold's code. An objection is told as what it leads to: 核查中. Where a code concerns none of
    the groups, proofs have to be brought."""
    return _REASONS.get(code, Reason.EVIDENCE)


def reasons_of(row: FiledRow) -> tuple[Reason, ...]:
    """Why a row does not go on, each once; none where it goes on."""
    if row.batch_void:
        return (Reason.BATCH_VOID,)
    if row.status is FilingStatus.REFUSED:
        return (Reason.WHOLE_BATCH_RETURNED,)
    if row.outcome == "held":
        return tuple(dict.fromkeys(map(reason_behind, row.hold_codes))) or (Reason.BATCH,)
    if row.outcome == "refused":
        if "not-passed" in row.error_codes:
            return (Reason.NOT_PASSED,)
        if "objection-upheld" in row.error_codes:
            return (Reason.NOT_GRANTED,)
        return (Reason.DATA,)
    return ()


def chain_of(row: FiledRow, days: BatchDays, today: date) -> tuple[ChainStep, ...]:
    """The chain of a row on a day; exactly one step is present or stopped, and none before it is open."""
    stopped = bool(reasons_of(row))
    in_publicity = days.publicity_ends_on is not None and today <= days.publicity_ends_on
    received = row.received_on or days.filed_on
    done: dict[Step, tuple[bool, date | None]] = {
        Step.REPORTED: (True, days.reported_on),
        Step.PUBLICITY: (not in_publicity, days.publicity_ends_on),
        Step.FILED: (received is not None or row.approved_on is not None, received),
        Step.ANNOUNCED: (row.announcement_ref is not None, None),
        Step.EXAMINED: (not stopped, None),
        Step.APPROVED: (row.approved_on is not None, row.approved_on),
        Step.ISSUED: (row.published, None),
    }
    due = {Step.PUBLICITY: days.publicity_ends_on, Step.FILED: row.filing_due_on}
    present = Step.EXAMINED if stopped else next((step for step in Step if not done[step][0]), Step.ISSUED)
    reached = False
    chain = []
    for step in Step:
        if step is present:
            standing, reached = Standing.STOPPED if stopped else Standing.PRESENT, True
        else:
            standing = Standing.AHEAD if reached else Standing.DONE
        over = standing is Standing.DONE
        chain.append(
            ChainStep(step, standing, done[step][1] if over else None, None if over else due.get(step))
        )
    return tuple(chain)
