"""Sampling 抽查 that anybody can draw again: the seed and the population are stored before anything is drawn.

吉人社函〔2022〕38号 四（一）: committees are sampled at a certain ratio; 四（四）: regions inspect one another, so a city never
inspects itself; 吉人社函〔2023〕25号 二（二）: of filed level-3 post assessments not less than 30 %.

The algorithm `sha256-rank/1`: every item of the population is given the key SHA-256(seed, a zero byte, item), all in
UTF-8; the items are put in the order of their keys, and the first ceil(size * percent / 100) are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from certsvc.domain.regions import PROVINCE, REGIONS, RegionKind, city_of
from certsvc.errors import RequestError

ALGORITHM: Final = "sha256-rank/1"
SAMPLED: Final = "吉人社函〔2022〕38号 四（一）、四（三）"
CROSSED: Final = "吉人社函〔2022〕38号 四（四）"
LEVEL_THREE: Final = "吉人社函〔2023〕25号 二（二）"
LEVEL_THREE_LEAST: Final = 30
"""Percent of level-3 assessments that must be looked at."""
MOST_ITEMS: Final = 100_000
LONGEST_ITEM: Final = 128
_ID_LENGTHS: Final = (15, 18)
_LONGEST_SEED: Final = 128


class Subject(StrEnum):
    """What is sampled: review committees, filed batches, or assessments of level-3 posts."""

    COMMITTEES = "committees"
    BATCHES = "batches"
    LEVEL_THREE = "level-3"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"committees": "评委会", "batches": "备案批次", "level-3": "三级岗位考核"}[self.value]

    @property
    def clause(self) -> str:
        """The clause that the sampling rests on."""
        return LEVEL_THREE if self is Subject.LEVEL_THREE else SAMPLED


class Outcome(StrEnum):
    """What an inspection found."""

    QUALIFIED = "qualified"
    PROBLEM = "problem"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"qualified": "合格", "problem": "有问题"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a drawn item, recorded once: outcome, note, document of the notice 通报, who and when."""

    outcome: Outcome
    note: str
    document_ref: str | None
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """A drawn item: position from 1, the division it belongs to (None: the province's), and who inspects it."""

    position: int
    item: str
    place: str | None
    inspector: str
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample as it is kept. `population`: item -> division (None: the province's). `drawn_at` None: only opened."""

    id: str
    subject: Subject
    region: str
    document_ref: str
    ratio_percent: int
    crossed: bool
    seed: str
    seed_given: bool
    population: Mapping[str, str | None]
    population_digest: str
    actor: str
    opened_at: datetime
    drawn_at: datetime | None
    items: tuple[DrawnItem, ...] = ()

    @property
    def size(self) -> int:
        """How many are to be drawn."""
        return sample_size(len(self.population), self.ratio_percent)


def read_ratio(text: str) -> int:
    """Whole percent of `30%` or `30`, 1 to 100. Raises RequestError."""
    digits = text.strip().removesuffix("%").removesuffix("％")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 3 and 1 <= int(digits) <= 100):
        raise RequestError("抽查比例请写成 1% 至 100% 的整数百分数，例如 30%。")
    return int(digits)


def require_ratio(subject: Subject, percent: int) -> None:
    """Raises RequestError for less than the notice asks for."""
    if subject is Subject.LEVEL_THREE and percent < LEVEL_THREE_LEAST:
        raise RequestError(
            f"三级岗位考核的抽查比例不得低于{LEVEL_THREE_LEAST}%（{LEVEL_THREE}）。请提高比例。"
        )


def read_seed(text: str) -> str:
    """A given seed: 1 to 128 printable characters. Raises RequestError."""
    seed = text.strip()
    if not seed or len(seed) > _LONGEST_SEED or not seed.isprintable():
        raise RequestError(f"随机种子须为1至{_LONGEST_SEED}个可见字符，例如公开抽取的号码。")
    return seed


def sample_size(population: int, percent: int) -> int:
    """How many are drawn: rounded up, so that the ratio is never undercut; none of nothing."""
    return -(-population * percent // 100)


def digest_of_population(items: Iterable[str]) -> str:
    """SHA-256 (hex) over the items in ascending order (by code point), a line feed after each."""
    return sha256("".join(f"{item}\n" for item in sorted(items)).encode()).hexdigest()


def draw(population: Iterable[str], seed: str, percent: int) -> tuple[str, ...]:
    """The drawn items in the order of their keys: the same for the same arguments, in whatever order they come."""
    items = sorted(population, key=lambda item: (_key(seed, item), item))
    return tuple(items[: sample_size(len(items), percent)])


def inspectors(seed: str) -> Mapping[str, str]:
    """Who inspects which city: the cities stand in a ring in the order of their keys, each inspected by the next.

    Nobody inspects itself, and everybody inspects one.
    """
    cities = [region.code for region in REGIONS.values() if region.kind is RegionKind.CITY]
    ring = sorted(cities, key=lambda city: (_key(seed, f"city/{city}"), city))
    return {city: ring[(place + 1) % len(ring)] for place, city in enumerate(ring)}


def drawn_items(sample: Sample) -> tuple[DrawnItem, ...]:
    """What a sample draws, and who inspects it: pure over what the sample stores.

    With crossed inspection each city's items go to another city; the province inspects its own. Otherwise the authority
    that draws inspects everything.
    """
    ring = inspectors(sample.seed)
    drawn = draw(sample.population, sample.seed, sample.ratio_percent)
    return tuple(
        DrawnItem(
            position,
            item,
            sample.population[item],
            _inspector(sample.population[item], ring) if sample.crossed else sample.region,
        )
        for position, item in enumerate(drawn, start=1)
    )


def check(sample: Sample) -> tuple[str, ...]:
    """What does not agree when the sample is drawn again of what it stores; empty: everything does."""
    faults = []
    if digest_of_population(sample.population) != sample.population_digest:
        faults.append("抽查范围与登记的摘要不符")
    again = drawn_items(sample)
    kept = tuple((one.position, one.item, one.place, one.inspector) for one in sample.items)
    if sample.drawn_at is None:
        faults.append("已登记种子和范围，尚未抽取")
    elif kept != tuple((one.position, one.item, one.place, one.inspector) for one in again):
        faults.append("抽取结果与按种子重新抽取的结果不符")
    return tuple(faults)


def read_references(raw: bytes) -> tuple[str, ...]:
    """The references of a list, one a line (the first field of each). Raises RequestError naming the line.

    Numbers of identity documents are refused: the list is stored with the sample.
    """
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise RequestError("名单不是 UTF-8 文本。请另存为 UTF-8 编码后重试。") from error
    found: list[str] = []
    for number, line in enumerate(lines, start=1):
        item = line.split(",")[0].split("\t")[0].strip().strip('"')
        if item:
            found.append(_reference(item, number))
    if not found or len(found) > MOST_ITEMS:
        raise RequestError(f"名单须有1至{MOST_ITEMS}行，每行一个考核编号。")
    if len(set(found)) != len(found):
        raise RequestError("名单中有重复的编号。请核对后重试。")
    return tuple(found)


def _reference(item: str, number: int) -> str:
    if len(item) > LONGEST_ITEM or not item.isprintable():
        raise RequestError(f"名单第{number}行过长或含控制字符。每行只写一个考核编号。")
    if len(item) in _ID_LENGTHS and item[:-1].isdecimal():
        raise RequestError(f"名单第{number}行像是证件号码。名单只写考核编号，不写姓名和证件号码。")
    return item


def _inspector(place: str | None, ring: Mapping[str, str]) -> str:
    city = None if place is None else city_of(place)
    return PROVINCE if city is None else ring[city]


def _key(seed: str, item: str) -> bytes:
    return sha256(f"{seed}\0{item}".encode()).digest()
