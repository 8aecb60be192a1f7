"""Announced lists and the coverage report as JSON objects that command line and HTTP give alike (docs/announced-lists.md)."""

from __future__ import annotations

from collections.abc import Sequence

from certsvc.domain.announced_changes import Change
from certsvc.domain.announced_list import AnnouncedList, Listed
from certsvc.domain.coverage import CoverageReport
from certsvc.domain.titles import title_name
from certsvc.entrypoints.answers import finding_object
from certsvc.stages.announced_following import Followed
from certsvc.stages.announced_lists import ListAnswer

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


def list_object(stored: AnnouncedList) -> dict[str, object]:
    """A list without its rows; no person stands in it."""
    head = stored.head
    return {
        "list": stored.id,
        "status": stored.status.value,
        "document": head.document_ref,
        "announcing_body": head.announcing_body,
        "announced_on": head.announced_on.isoformat(),
        "title": head.title,
        "document_sha256": head.document_sha256,
        "place": stored.place,
        "rows": stored.row_count,
        "replaces": stored.replaces,
        "loaded_by": stored.loaded_by,
        "loaded_at": stored.loaded_at.strftime(_INSTANT),
        "confirmed_by": stored.confirmed_by,
        "confirmed_at": None if stored.confirmed_at is None else stored.confirmed_at.strftime(_INSTANT),
    }


def answer_object(answer: ListAnswer) -> dict[str, object]:
    """What loading answers: every finding, the list when it is kept, the changes of a correction."""
    return {
        "list": None if answer.kept is None else list_object(answer.kept),
        "refused": answer.refused,
        "findings": [finding_object(one) for one in answer.findings],
        "changes": [change_object(one) for one in answer.changes],
    }


def shown_object(stored: AnnouncedList, changes: Sequence[Followed | Change]) -> dict[str, object]:
    """A list with what it changes; the changes name persons."""
    return {
        **list_object(stored),
        "changes": [
            followed_object(one) if isinstance(one, Followed) else change_object(one) for one in changes
        ],
    }


def change_object(change: Change) -> dict[str, object]:
    """One change: the person before and after, and the fields that differ."""
    return {
        "kind": change.kind.value,
        "fields": list(change.fields),
        "correctable": change.correctable,
        "before": None if change.before is None else person_object(change.before),
        "after": None if change.after is None else person_object(change.after),
    }


def followed_object(one: Followed) -> dict[str, object]:
    """A change and how far it has come."""
    return {
        "position": one.stored.position,
        **change_object(one.stored.change),
        "state": one.state.value,
        "reason": one.reason,
        "certificate": one.number,
        "decision": one.stored.decision,
        "needs": None if one.needs is None else one.needs.kind.value,
        "refusal": one.refusal,
    }


def person_object(person: Listed) -> dict[str, object]:
    """A person as a list names them; of the document's number the last four characters at most."""
    shown = person.id_number or person.id_tail
    return {
        "number": person.number,
        "name": person.name,
        "id_last4": None if shown is None else shown[-4:],
        "unit": person.unit,
        "series": person.series,
        "specialty": person.specialty,
        "level": None if person.level is None else int(person.level),
        "title": None if person.title is None else title_name(person.title),
        "validity_area": person.validity_area,
    }


def coverage_object(report: CoverageReport) -> dict[str, object]:
    """Counts by document and city, and every result that has not exactly one certificate."""
    return {
        "clean": report.clean,
        "documents": [
            {
                "document": one.document_ref,
                "announced_on": one.announced_on.isoformat(),
                "city": one.city,
                "list_loaded": one.by_list,
                "announced": one.announced,
                "covered": one.covered,
                "missing": one.missing,
                "unannounced": one.unannounced,
                "twice": one.twice,
            }
            for one in report.counts
        ],
        "lines": [
            {
                "kind": line.kind.value,
                "document": line.document_ref,
                "city": line.city,
                "list_loaded": line.by_list,
                "person": person_object(line.person),
                "reason": None if line.reason is None else line.reason.value,
                "codes": list(line.codes),
                "filing": line.filing,
                "certificates": list(line.certificates),
            }
            for line in report.lines
        ],
    }
