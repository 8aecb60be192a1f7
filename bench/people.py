"""Filings of any size: the sample filing's rows with invented people, each with a right check character."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from certsvc.domain.id_numbers import check_character

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples" / "2023-常规-公路工程.xlsx"
REGISTRY = ROOT / "examples" / "registry.json"
_FAMILY_NAMES = "魏吴汤徐戴林朴孙李金赵钱周郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华"
_GIVEN_NAMES = "昭霭全瑞辉弘成国盛磊中新晓棠正浩向河山明志强文静丽华建军海燕春雨晨光松岭白云天池江源"
_PER_FILING = 20_000  # what one filing may hold


@cache
def filing(count: int, *, batch: int = 1) -> bytes:
    """An XLSX filing of `count` people, no two alike; filings of other `batch` numbers hold other people."""
    book = openpyxl.load_workbook(SAMPLE, read_only=True)
    header = {row[0]: row[1] for row in book["批次信息"].iter_rows(values_only=True)}
    columns, *samples = book["汇总表"].iter_rows(values_only=True)
    header |= {"申报人数": 2 * count, "通过人数": count, "行数": count}
    header |= {"批次编号": f"BENCH-{batch}", "公布文号": f"吉人社职字〔2023〕{100 + batch}号"}
    written = openpyxl.Workbook(write_only=True)
    head = written.create_sheet("批次信息")
    for pair in header.items():
        head.append(pair)
    table = written.create_sheet("汇总表")
    table.append(columns)
    for position, person in enumerate(_people(count, batch * _PER_FILING)):
        row = dict(zip(columns, samples[position % len(samples)], strict=True))
        table.append(list((row | person | {"序号": position + 1}).values()))
    raw = io.BytesIO()
    written.save(raw)
    return raw.getvalue()


def _people(count: int, first: int) -> Iterator[Mapping[str, Any]]:
    for serial in range(first, first + count):
        born = date(1965, 1, 1) + timedelta(days=serial * 7 % 7300)
        stem = f"2299{serial // 1000 % 90 + 10}{born:%Y%m%d}{serial % 1000:03}"
        yield {
            "姓名": _name(serial),
            "证件号码": stem + check_character(stem),
            "性别": "男" if serial % 2 else "女",
            "出生日期": born,
        }


def _name(serial: int) -> str:
    family = _FAMILY_NAMES[serial % len(_FAMILY_NAMES)]
    first, second = divmod(serial * 13, len(_GIVEN_NAMES))
    return family + _GIVEN_NAMES[first % len(_GIVEN_NAMES)] + _GIVEN_NAMES[second]
