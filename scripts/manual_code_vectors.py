"""Golden manual codes: those of the golden records, how they may be typed, and what is refused with which group."""

from __future__ import annotations

from typing import Any

from certsvc.formats.manual_code import manual_code

_WIDE = {ord("!") + n: 0xFF01 + n for n in range(94)}


def manual_code_vectors(records: list[dict[str, Any]]) -> dict[str, Any]:
    """`records`: the good cases of records.json."""
    encoded = [bytes.fromhex(one["hex"]) for one in records]
    code = manual_code(encoded[0])
    first, second, third = code.split("-")
    row = first + second + third
    typed = {
        "as-printed": code,
        "lower-case": code.lower(),
        "without-hyphens": row,
        "spaces": f"  {first} {second}\t{third}\n",
        "hyphens-elsewhere": f"{row[:3]}-{row[3:9]}-{row[9:12]} {row[12:]}",
        "three-uneven-groups": f"{row[:6]}-{row[6:10]}-{row[10:]}",
        "hyphens-elsewhere-in-two": f"{row[:7]}--{row[7:]}",
        "full-width": code.translate(_WIDE),
        "full-width-lower-case": code.lower().translate(_WIDE),
        "long-dashes": f"{first}—{second}–{third}",
        "ideographic-space": f"{first}\u3000{second}\u00a0{third}",
    }
    refused: dict[str, tuple[str, int | None]] = {
        "empty": ("", 1),
        "only-separators": (" - - ", 1),
        "two-groups": (f"{first}-{second}", 3),
        "four-symbols-in-the-first": (f"{first[:4]}-{second}-{third}", 1),
        "six-symbols-in-the-second": (f"{first}-{second}2-{third}", 2),
        "fourteen-in-a-row": (row[:-1], 3),
        "sixteen-in-a-row": (row + "2", 3),
        "letter-o": (f"{first}-{second[:4]}O-{third}", 2),
        "digit-zero": (f"{first}-{second}-0{third[1:]}", 3),
        "letter-i": (f"I{first[1:]}-{second}-{third}", 1),
        "letter-l": (f"{first}-{second}-{third[:4]}l", 3),
        "digit-one": (f"{first[:2]}1{first[3:]}-{second}-{third}", 1),
        "cyrillic": (f"{first}-{second}-{third[:4]}\u0410", 3),
        "dotless-i": (f"\u0131{first[1:]}-{second}-{third}", 1),
        "long-s": (f"{first}-\u017f{second[1:]}-{third}", 2),
        "superscript": (f"{first}-{second}-{third[:4]}\u00b2", 3),
        "beyond-the-plane": (f"{first}-{second}-{third[:4]}\U0001d400", 3),
        "zero-width-space": (f"{first}\u200b-{second}-{third}", 1),
        "underscore": (f"{first}_{second}_{third}", 2),
        "substituted": (f"{_next(first[0])}{first[1:]}-{second}-{third}", None),
        "transposed": (f"{first}-{second}-{third[:3]}{third[4]}{third[3]}", None),
        "groups-exchanged": (f"{second}-{first}-{third}", None),
        "too-long": (code + " " * 64, None),
    }
    return {
        "records": [
            {"record_hex": one.hex(), "code": manual_code(one)}
            for one in (*encoded, b"", b"\0", b"\xff" * 700)
        ],
        "typed": {"code": row, "cases": typed},
        "refused": [{"name": name, "typed": text, "group": group} for name, (text, group) in refused.items()],
    }


def _next(symbol: str) -> str:
    return "3" if symbol == "2" else "2"
