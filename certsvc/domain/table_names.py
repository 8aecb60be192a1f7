"""The names of all codes, as published in `tables.json` (docs/formats/trust-list.md)."""

from __future__ import annotations

from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS, RegionKind
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS

FORMAT = "certsvc-tables/1"


def table_names() -> dict[str, str | dict[str, str]]:
    """The content of `tables.json`: format name, then code -> Chinese name per table, codes as text, in order."""
    return {
        "format": FORMAT,
        "series": {str(code): name for code, name in sorted(SERIES.items())},
        "titles": {str(code): name for code, name in sorted(TITLES.items())},
        "levels": {str(int(level)): level.label for level in Level},
        "ways": {str(code): name for code, name in sorted(WAYS.items())},
        "regions": {
            code: region.full_name
            for code, region in sorted(REGIONS.items())
            if region.until is None and region.kind is not RegionKind.ZONE
        },
    }
