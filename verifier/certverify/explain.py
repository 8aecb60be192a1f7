"""What a code means: of a verdict, of a monitor, or of a mirror; and each finding of a verdict that was saved."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from certverify.advice import advice_of
from certverify.codes import Code, Effect
from certverify.errors import JsonError
from certverify.meanings import MEANINGS
from certverify.monitor_codes import Found, Weight
from certverify.strict_json import decode_json

MAX_SAVED_BYTES = 8 << 20
_MOST_FINDINGS = 10_000
_DEEPEST = 12
_EFFECTS = {
    Effect.FAILED: ("使结论为“未通过核验”", "makes the verdict `failed`"),
    Effect.UNDETERMINED: (
        "使结论为“无法判定”（另有未通过事项的除外）", "makes the verdict `undetermined`, unless something failed"
    ),
    Effect.NOTE: ("仅作提示，不改变结论", "a note: it does not change the verdict"),
}  # fmt: skip
_WEIGHTS = {
    Weight.MISBEHAVED: ("failed", "日志违规，退出码 1", "the log misbehaved: exit code 1"),
    Weight.CANNOT_TELL: ("undetermined", "无法判定，退出码 2", "cannot tell: exit code 2"),
    Weight.REMARK: ("note", "仅作提示", "a remark"),
}
_LOOK = (
    "查看报告中的细节和证据，必要时联系日志运营方和发证机关。",
    "Look at details and evidence in the report; ask the log's operator and the authority if need be.",
)


_FILLING_ZH = {
    "area": "某县（市、区）",
    "limit": "规定时限",
    "recipient": "所列接收单位",
    "purpose": "所列用途",
    "ends_on": "所列最后使用日",
    "status": "所示状态",
}
_FILLING_EN = {
    "area": "a certain county",
    "limit": "the greatest age allowed",
    "recipient": "the recipient named",
    "purpose": "the purpose named",
    "ends_on": "the last day named",
    "status": "as shown",
}
_LONGEST_SENTENCE = 1_000


@dataclass(frozen=True, slots=True)
class SavedFinding:
    """A finding of a saved verdict: its code and the sentences of the file itself, empty where it has none."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One code. `by`: whose word it is, `verdict` or `monitor` (and `sync`); `effect`: failed, undetermined or note."""

    code: str
    by: str
    effect: str
    zh: str
    en: str
    effect_zh: str
    effect_en: str
    advice_zh: str
    advice_en: str
    where: str

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "code": self.code,
            "by": self.by,
            "effect": self.effect,
            "zh": self.zh,
            "en": self.en,
            "advice": {"zh": self.advice_zh, "en": self.advice_en},
            "where": f"docs/{self.where}",
        }


def explained_codes() -> list[Explained]:
    """Every code that certverify may say, those of verdicts first."""
    return [*map(_of_verdict, Code), *map(_of_monitor, Found)]


def explain_code(asked: str) -> list[Explained]:
    """What is known by that word, in any case, with `_` for `-` too; a word can be a verdict's and a monitor's."""
    word = asked.strip().lower().replace("_", "-").replace(" ", "-")
    return [one for one in explained_codes() if one.code == word]


def near_codes(asked: str) -> list[str]:
    """The codes that somebody may have meant, the nearest first."""
    word = asked.strip().lower().replace("_", "-")
    codes = list(dict.fromkeys(one.code for one in explained_codes()))
    near = get_close_matches(word, codes, n=5, cutoff=0.5)
    holding = [code for code in codes if len(word) > 2 and word in code]
    return list(dict.fromkeys([*near, *holding]))[:8]


def saved_findings(raw_saved: bytes) -> list[SavedFinding]:
    """All findings in a saved verdict, past verdict, check or signed verdict, in order, each once.

    The signature of a signed verdict is not looked at. Raises JsonError.
    """
    value = decode_json(raw_saved.removeprefix(b"\xef\xbb\xbf"), limit=MAX_SAVED_BYTES)
    if isinstance(value, dict) and {"payload", "signature"} <= value.keys():
        value = decode_json(_unpacked(value["payload"]), limit=MAX_SAVED_BYTES)
    found = list(dict.fromkeys(_findings(value, 0)))
    if not found and not _has_findings(value, 0):
        raise JsonError("no verdict")
    return found[:_MOST_FINDINGS]


def explain_finding(saved: SavedFinding) -> Explained:
    """What is known of a finding, in the words of the file itself where it has any."""
    known = explain_code(saved.code)[:1] or [_newer(saved.code)]
    return replace(known[0], zh=saved.zh or known[0].zh, en=saved.en or known[0].en)


def _newer(code: str) -> Explained:
    zh, en = "本程序不认识的代码，可能较新", "a code that this program does not know; it may be newer"
    update = ("更新 certverify 后重试。", "Update certverify and try again.")
    return Explained(code[:80], "unknown", "unknown", zh, en, "未知", "unknown", *update, "codes.md")


def _findings(value: object, depth: int) -> Iterator[SavedFinding]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _findings(item, depth + 1)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "findings" and isinstance(inner, list):
                yield from (_finding(one) for one in inner if isinstance(one, dict) and "code" in one)
            else:
                yield from _findings(inner, depth + 1)


def _finding(value: dict[str, Any]) -> SavedFinding:
    return SavedFinding(str(value["code"]), _sentence(value.get("zh")), _sentence(value.get("en")))


def _sentence(value: object) -> str:
    """What may be printed of a text that anybody may have written."""
    text = value if isinstance(value, str) else ""
    return "".join(letter for letter in text[:_LONGEST_SENTENCE] if letter.isprintable())


def _has_findings(value: object, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(value, list):
        return any(_has_findings(item, depth + 1) for item in value)
    return isinstance(value, dict) and (
        "findings" in value or any(_has_findings(inner, depth + 1) for inner in value.values())
    )


def _unpacked(payload: object) -> bytes:
    if not isinstance(payload, str):
        raise JsonError("no payload")
    try:
        return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except (binascii.Error, ValueError) as error:
        raise JsonError("the payload is not base64url") from error


def _of_verdict(code: Code) -> Explained:
    meaning, advice = MEANINGS[code], advice_of(code)
    zh, en = _EFFECTS[meaning.effect]
    return Explained(
        code.value,
        "verdict",
        meaning.effect.value,
        meaning.zh.replace(" {limit}", "{limit}").format_map(_FILLING_ZH),
        meaning.en.format_map(_FILLING_EN),
        zh,
        en,
        advice.zh,
        advice.en,
        advice.where,
    )


def _of_monitor(found: Found) -> Explained:
    effect, zh, en = _WEIGHTS[found.weight]
    words = (found.zh, found.en, zh, en)
    return Explained(found.value, "monitor", effect, *words, *_LOOK, "monitoring.md")
