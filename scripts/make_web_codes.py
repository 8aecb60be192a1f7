"""Write verifier/web/codes.json: the codes of the verdict, with the effect and the words they have in certverify."""

from __future__ import annotations

import json
from pathlib import Path

from certverify.meanings import MEANINGS

TARGET = Path(__file__).parents[1] / "verifier" / "web" / "codes.json"


def render_codes() -> str:
    """The file's text: one code a line."""
    lines = (
        f"  {json.dumps(code.value)}: "
        + json.dumps({"effect": meaning.effect.value, "zh": meaning.zh, "en": meaning.en}, ensure_ascii=False)
        for code, meaning in MEANINGS.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(render_codes(), encoding="utf-8")
