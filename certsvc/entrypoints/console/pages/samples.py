"""Samples 抽查 that anybody can draw again, their results, who inspects whom; attestations 监督登记 of meetings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from certsvc.domain.decision_text import LONGEST_REFERENCE
from certsvc.domain.permission import Action
from certsvc.domain.regions import REGIONS
from certsvc.domain.sampling import ALGORITHM, Outcome, Sample, Subject, check, inspectors, read_ratio
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.choices import divisions_of, place_words
from certsvc.entrypoints.console.pages.offering import may
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.html.filters import day_given, filters_of, whole_given
from certsvc.entrypoints.html.paging import PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.errors import RequestError
from certsvc.stages.sampling import SampleOrder

PATH: Final = "/console/samples"
ATTESTATIONS: Final = f"{PATH}/attestations"
router = APIRouter(prefix=PATH, include_in_schema=False)
SampleId = Annotated[str, Path(pattern="^S[0-9A-F]{16}$")]
_FIRST_YEAR, _LAST_YEAR = 1949, 2199
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "drawn": ("已按登记的种子和范围抽取。", "Drawn of the stored seed and population."),
    "recorded": ("抽查结果已登记。", "The result is recorded."),
    "attested": ("监督情况已登记。", "The attestation is recorded."),
}


@router.get("")
@needs(Action.REPORT_READ, on="sample")
def listed(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Samples of the caller's territory, and those of which the caller's authority inspects something."""
    sampling = office_of(request).information.sampling
    found = sampling.listed(filters_of(request).text("item"), session.caller)
    # a few a year; whether the caller's authority inspects one stands in its items
    paging = Paging(PATH, page, len(found), {"item": filters_of(request).text("item") or ""})
    return show(
        request,
        session,
        "samples/samples.html.j2",
        samples=found[paging.offset : paging.offset + paging.rows],
        paging=paging,
        subjects=tuple(Subject),
        regions=divisions_of(session.caller),
        years=range(office_of(request).clock.today().year, 2020, -1),
        place_words=place_words,
        recorded=_recorded,
        own_region=session.caller.region,
        may_draw=may(Action.SAMPLE_DRAW, session.caller),
    )


@router.post("")
@needs(Action.SAMPLE_DRAW, on="sample")
def draw(request: Request, form: Posting) -> Response:
    """Draw under a document; the same document draws only once."""
    office, given = office_of(request), form.form
    office.permits.require_role(Action.SAMPLE_DRAW, form.caller, "sample")
    subject = next((one for one in Subject if one.value == given.text("of", 16)), None)
    if subject is None:
        raise RequestError("请选择抽查对象。")
    references = given.text("references")
    order = SampleOrder(
        subject=subject,
        ratio_percent=read_ratio(given.text("ratio", 8)),
        document_ref=given.text("document", LONGEST_REFERENCE),
        region=given.text("region", 6) or None,
        seed=given.text("seed", 128) or None,
        year=whole_given(given.text("year", 4), _FIRST_YEAR, _LAST_YEAR),
        crossed=given.is_ticked("cross"),
        raw_list=references.encode() if references else None,
    )
    drawn = office.information.sampling.draw(order, form.caller.name)
    return go_to(f"{PATH}/{drawn.id}?said=drawn")


@router.get("/attestations")
@needs(Action.REPORT_READ, on="meeting")
def attestations(request: Request, session: Viewing, page: PageNumber = 1) -> Response:
    """Who watched which meeting, for the caller's territory."""
    found = office_of(request).information.sampling.attested(
        filters_of(request).text("committee"), session.caller
    )
    paging = Paging(
        ATTESTATIONS, page, len(found), {"committee": filters_of(request).text("committee") or ""}
    )
    return show(
        request,
        session,
        "samples/attestations.html.j2",
        attestations=found[paging.offset : paging.offset + paging.rows],
        paging=paging,
        notice=SAID.get(request.query_params.get("said", "")),
        may_record=may(Action.ATTESTATION_RECORD, session.caller),
        today=office_of(request).clock.today(),
    )


@router.post("/attestations")
@needs(Action.ATTESTATION_RECORD, on="meeting")
def attest(request: Request, form: Posting) -> Response:
    """Record who watched a meeting; the same again changes nothing."""
    office, given = office_of(request), form.form
    office.permits.require_role(Action.ATTESTATION_RECORD, form.caller, "meeting")
    on = day_given(given.text("on", 10))
    if on is None:
        raise RequestError("请填写监督日期。")
    office.information.sampling.attest(
        given.text("approval", 128), given.text("by_office", 128), on, form.caller.name
    )
    return go_to(f"{ATTESTATIONS}?said=attested")


@router.get("/{sample}")
@needs(Action.REPORT_READ, on="sample/{sample}")
def show_sample(request: Request, sample: SampleId, session: Viewing, page: PageNumber = 1) -> Response:
    """Seed, population's digest, the drawn items; whether drawing again gives the same is told at every look."""
    found = office_of(request).information.sampling.find(sample, session.caller)
    paging = Paging(f"{PATH}/{sample}", page, len(found.items))
    return show(
        request,
        session,
        "samples/sample.html.j2",
        sample=found,
        items=found.items[paging.offset : paging.offset + paging.rows],
        paging=paging,
        faults=check(found),
        algorithm=ALGORITHM,
        ring=_ring(found),
        recorded=_recorded(found),
        outcomes=tuple(Outcome),
        place_words=place_words,
        notice=SAID.get(request.query_params.get("said", "")),
        may_record=lambda item: may(Action.SAMPLE_DRAW, session.caller, item.inspector),
    )


@router.post("/{sample}/results")
@needs(Action.SAMPLE_DRAW, on="sample/{sample}")
def record(request: Request, sample: SampleId, form: Posting) -> Response:
    """Write down what the inspection found of one item, once."""
    office, given = office_of(request), form.form
    office.permits.require_role(Action.SAMPLE_DRAW, form.caller, f"sample/{sample}")
    outcome = next((one for one in Outcome if one.value == given.text("outcome", 16)), None)
    if outcome is None:
        raise RequestError("请选择抽查结果：合格，或有问题。")
    office.information.sampling.record(
        sample,
        given.text("item", 128),
        outcome,
        given.text("note", 500),
        given.text("document", LONGEST_REFERENCE) or None,
        form.caller.name,
    )
    return go_to(f"{PATH}/{sample}?said=recorded")


def _recorded(sample: Sample) -> int:
    return sum(one.finding is not None for one in sample.items)


def _ring(sample: Sample) -> tuple[tuple[str, str], ...]:
    """Which city is inspected by which, in words; empty where nothing is crossed."""
    if not sample.crossed:
        return ()
    cities = inspectors(sample.seed)
    return tuple((REGIONS[city].full_name, REGIONS[by].full_name) for city, by in sorted(cities.items()))
