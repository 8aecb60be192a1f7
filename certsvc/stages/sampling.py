"""Sampling 抽查 and its findings; attestations of meetings by discipline inspection. Every step is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from certsvc.domain.caller import Caller
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, REGIONS, lies_within
from certsvc.domain.registry import Registry
from certsvc.domain.sampling import (
    Finding,
    Outcome,
    Sample,
    Subject,
    digest_of_population,
    drawn_items,
    read_references,
    read_seed,
    require_ratio,
)
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.information import Attestation, AttestationStore, InformationStore, SampleStore
from certsvc.stages.permits import Permits

MOST_TEXT, MOST_REF = 500, 128
_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """What is to be sampled. `raw_list`: the file of references, for level-3 assessments alone. `seed` None: a fresh one.

    `year`: the review year of batches, None for all. `crossed`: cities inspect one another.
    """

    subject: Subject
    ratio_percent: int
    document_ref: str
    region: str | None = None
    seed: str | None = None
    year: int | None = None
    crossed: bool = False
    raw_list: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """What sampling needs. `catch_up` reads the dates of filings received since."""

    permits: Permits
    samples: SampleStore
    attestations: AttestationStore
    store: InformationStore
    clock: Clock
    registry: Callable[[], Registry]
    catch_up: Callable[[], object]
    random_bytes: Callable[[int], bytes]

    def draw(self, order: SampleOrder, actor: str) -> Sample:
        """Draw under a document. Seed and population are stored before; the same document draws only once.

        A run that was broken off between goes on with the stored seed. Raises RequestError, NotPermitted, ConflictError
        when the document was used for another draw.
        """
        by = self.permits.official(actor, Action.SAMPLE_DRAW, "sample")
        region = order.region or by.region
        if region not in REGIONS:
            raise RequestError(f"没有区划代码 {region[:12]}。请填写六位区划代码。")
        self.permits.require(Action.SAMPLE_DRAW, by, "sample", place=region)
        if order.crossed and region != PROVINCE:
            raise RequestError(
                "交叉抽检由省厅在全省范围内安排（吉人社函〔2022〕38号 四（四））。请不指定地区。"
            )
        require_ratio(order.subject, order.ratio_percent)
        _require_text(order.document_ref, "抽查文号", MOST_REF)
        population = self._population(order, region)
        if not population:
            raise RequestError(f"范围内没有可抽查的{order.subject.label}。请核对地区和年度。")
        opened = self.samples.open(self._opened(order, region, population, by), by)
        _require_same(opened, order)
        if opened.drawn_at is not None:
            return opened
        return self.samples.keep_draw(replace(opened, items=drawn_items(opened)), by, self.clock.now())

    def find(self, wanted: str, by: Caller) -> Sample:
        """A sample, for officials of its territory and whoever inspects something of it. Raises UnknownReference."""
        sample = self.samples.find(wanted)
        if sample is None:
            raise UnknownReference(f"没有编号为 {wanted} 的抽查。请核对编号。")
        if by.region not in {one.inspector for one in sample.items}:
            self.permits.require(Action.REPORT_READ, by, f"sample/{wanted}", place=sample.region)
        return sample

    def listed(self, item: str | None, by: Caller) -> tuple[Sample, ...]:
        """The samples of the caller's territory, or of which the caller's authority inspects something, newest first; of
        one committee, say, before it is authorized again (吉人社函〔2022〕38号 四（三）)."""
        self.permits.require(Action.REPORT_READ, by, "sample", place=by.region)
        return tuple(
            one
            for one in self.samples.listed(item)
            if lies_within(one.region, by.region) or by.region in {each.inspector for each in one.items}
        )

    def record(
        self, wanted: str, item: str, outcome: Outcome, note: str, document_ref: str | None, actor: str
    ) -> Sample:
        """Write down what the inspection found, once, by the authority that inspects (or the province)."""
        by = self.permits.official(actor, Action.SAMPLE_DRAW, f"sample/{wanted[:32]}")
        sample = self.samples.find(wanted)
        drawn = None if sample is None else next((one for one in sample.items if one.item == item), None)
        if drawn is None:
            raise UnknownReference(f"抽查 {wanted} 没有抽到“{item}”。请核对抽查编号和对象。")
        self.permits.require(Action.SAMPLE_DRAW, by, f"sample/{wanted}", place=drawn.inspector)
        _require_text(note, "抽查情况", MOST_TEXT)
        if document_ref is not None:
            _require_text(document_ref, "通报文号", MOST_REF)
        finding = Finding(outcome, note, document_ref, by.name, self.clock.now())
        return self.samples.record(wanted, item, finding, by)

    def attest(self, approval_ref: str, by_office: str, attested_on: date, actor: str) -> Attestation:
        """Record that discipline inspection watched a meeting on one of its days; once, the same again changes nothing.

        Raises UnknownReference for a meeting that is not registered, RequestError, NotPermitted, ConflictError.
        """
        subject = f"meeting/{approval_ref}"[:MOST_REF]
        by = self.permits.official(actor, Action.ATTESTATION_RECORD, subject)
        registry = self.registry()
        approval = registry.approval(approval_ref)
        if approval is None:
            raise UnknownReference(f"登记簿中没有例会批复 {approval_ref}。请核对文号。")
        place = place_of_committee(approval.committee, registry)
        self.permits.require(Action.ATTESTATION_RECORD, by, subject, place=place)
        _require_text(by_office, "监督部门", MOST_REF)
        if attested_on > self.clock.today():
            raise RequestError("监督日期不能晚于今天。请在监督之后登记，或核对日期。")
        first, last = approval.meeting
        if not first <= attested_on <= last:
            days = f"{first.isoformat()} 至 {last.isoformat()}"
            raise RequestError(f"监督日期应在例会期间（{days}）之内。请核对日期和例会批复文号。")
        wanted = Attestation(
            approval_ref, approval.committee, by_office, attested_on, by.name, self.clock.now()
        )
        known = self.attestations.record(wanted, by)
        if (known.by_office, known.attested_on) != (by_office, attested_on):
            raise ConflictError("该例会的纪检监察监督已登记，内容不同；已登记的内容不能更改。")
        return known

    def attested(self, committee: str | None, by: Caller) -> tuple[Attestation, ...]:
        """The attestations of the caller's territory, or of one committee."""
        self.permits.require(Action.REPORT_READ, by, "meeting", place=by.region)
        registry = self.registry()
        found = self.attestations.of_committee(committee)
        return tuple(
            one
            for one in found
            if lies_within(place_of_committee(one.committee_code, registry) or PROVINCE, by.region)
        )

    def _opened(
        self, order: SampleOrder, region: str, population: Mapping[str, str | None], by: Caller
    ) -> Sample:
        given = None if order.seed is None else read_seed(order.seed)
        return Sample(
            id=f"S{self.random_bytes(8).hex().upper()}",
            subject=order.subject,
            region=region,
            document_ref=order.document_ref,
            ratio_percent=order.ratio_percent,
            crossed=order.crossed,
            seed=given or self.random_bytes(_SEED_BYTES).hex(),
            seed_given=given is not None,
            population=population,
            population_digest=digest_of_population(population),
            actor=by.name,
            opened_at=self.clock.now(),
            drawn_at=None,
        )

    def _population(self, order: SampleOrder, region: str) -> Mapping[str, str | None]:
        if (order.subject is Subject.LEVEL_THREE) != (order.raw_list is not None):
            raise RequestError("三级岗位考核的抽查须给出名单文件（--list），其他抽查不需要名单。")
        if order.raw_list is not None:
            place = None if region == PROVINCE else region
            return dict.fromkeys(read_references(order.raw_list), place)
        registry = self.registry()
        if order.subject is Subject.COMMITTEES:
            places = {one.code: place_of_committee(one.code, registry) for one in registry.committees}
        else:
            places = self._batches(order.year, registry)
        return {
            item: None if place == PROVINCE else place
            for item, place in places.items()
            if region == PROVINCE or (place is not None and lies_within(place, region))
        }

    def _batches(self, year: int | None, registry: Registry) -> dict[str, str | None]:
        """Filings that were not refused, of the reviews of a year where one is asked for."""
        self.catch_up()
        with self.store.snapshot() as seen:
            return {
                batch.filing: place_of_committee(batch.committee_code, registry)
                for batch in seen.batches()
                if not batch.refused and year in (None, batch.milestones.review_year)
            }


def _require_same(opened: Sample, order: SampleOrder) -> None:
    same = (opened.ratio_percent, opened.crossed) == (order.ratio_percent, order.crossed)
    if not same or (order.seed is not None and opened.seed != order.seed.strip()):
        raise ConflictError(
            f"文号 {order.document_ref} 已用于另一次抽查（{opened.id}）。一个文号只抽一次；另行抽查请用新的文号。"
        )


def _require_text(value: str, what: str, most: int) -> None:
    if not value.strip() or len(value) > most or not value.isprintable():
        raise RequestError(f"{what}不能为空，不能超过{most}个字，也不能含换行等控制字符。请核对后重试。")
