"""The cases of signed notes for scripts/make_c2sp_vectors.py."""

from __future__ import annotations

from typing import Any

from tests.verifier.builders import Key, b64, key

LOG = key("log.example/zc", 3)
WITNESS = key("witness.example/w", 4)
STRANGER = key("stranger.example", 9)
TEXT = f"{LOG.name}\n7\n{b64(bytes(range(32)))}\n"
DASH = "\u2014"
_KEYS = [LOG.vkey(), LOG.vkey(4), WITNESS.vkey(4)]


def note_cases() -> list[dict[str, Any]]:
    """Each case holds a note and the keys that are known; it holds when one of them signed and none signed wrongly."""
    return [*_good(), *_lines(), *_shapes(), *_spellings(), *_characters()]


def _case(
    what: str, content: str | bytes, holds: bool, keys: list[str] | None = None, sumdb: bool | None = None
) -> dict[str, Any]:
    told = {"text": content} if isinstance(content, str) else {"raw": b64(content)}
    differs = {} if sumdb is None else {"sumdb": sumdb}
    return {"what": what, "holds": holds, "keys": _KEYS if keys is None else keys} | told | differs


def _note(text: str, *lines: str) -> str:
    return f"{text}\n{''.join(lines)}"


def _line(name: str, material: bytes) -> str:
    return f"{DASH} {name} {b64(material)}\n"


def _good() -> list[dict[str, Any]]:
    signed, foreign = LOG.sign_note(TEXT), STRANGER.sign_note(TEXT)
    empty_lines, chinese = "a\n\n\nb\n", "一行\n\ufeff\ufffd\U0001f4dc\n"
    return [
        _case("signed", _note(TEXT, signed), True),
        _case("signed and cosigned", _note(TEXT, signed, LOG.cosign(TEXT, 5), WITNESS.cosign(TEXT, 6)), True),
        _case("cosigned alone", _note(TEXT, WITNESS.cosign(TEXT, 6)), True),
        _case("unknown key before", _note(TEXT, foreign, signed), True),
        _case("unknown key behind", _note(TEXT, signed, foreign), True),
        _case("cosignature twice, at two times", _note(TEXT, LOG.cosign(TEXT, 5), LOG.cosign(TEXT, 9)), True),
        _case("the same line twice", _note(TEXT, signed, signed), True),
        _case("empty lines in the text", _note(empty_lines, LOG.sign_note(empty_lines)), True),
        _case("text of one empty line", _note("\n", LOG.sign_note("\n")), True),
        _case("text that is not ASCII", _note(chinese, LOG.sign_note(chinese)), True),
        _case(
            "byte order mark before the text", _note("\ufeff" + TEXT, LOG.sign_note("\ufeff" + TEXT)), True
        ),
        _case("16 signatures", _note(TEXT, *_strangers(15), signed), True),
        _case("64 signatures", _note(TEXT, *_strangers(63), signed), True),
    ]


def _strangers(count: int) -> list[str]:
    return [_line(f"k{number}", bytes(5)) for number in range(count)]


def _lines() -> list[dict[str, Any]]:
    signed, other = LOG.sign_note(TEXT), LOG.sign_note(TEXT + "more\n")
    signature = LOG.private.sign(TEXT.encode())
    namesake: Key = key(LOG.name, 8)
    renamed = f"{DASH} other.example {signed.split(' ')[2]}"
    return [
        _case("no known key", _note(TEXT, STRANGER.sign_note(TEXT)), False),
        _case("known keys are none", _note(TEXT, signed), False, keys=[]),
        _case("same name, other id", _note(TEXT, namesake.sign_note(TEXT)), False),
        _case("same name, other id, beside the right one", _note(TEXT, namesake.sign_note(TEXT), signed), True),
        _case("same id, other name", _note(TEXT, renamed), False),
        _case("same id, other name, beside the right one", _note(TEXT, renamed, signed), True),
        *(
            _case(f"type 0x{kind:02x} of the same key is unknown", _note(TEXT, _line(LOG.name, LOG.note_id(kind) + bytes(64)), signed), True)
            for kind in (2, 3, 5, 6, 255)
        ),
        _case("signature over another text", _note(TEXT, other), False),
        _case("wrong signature before the right one", _note(TEXT, other, signed), False),
        _case("wrong signature behind the right one", _note(TEXT, signed, other), False, sumdb=True),
        _case("wrong cosignature beside a right signature", _note(TEXT, signed, WITNESS.cosign(TEXT + "x", 6)), False),
        _case("cosignature under the id of a signature", _note(TEXT, _line(LOG.name, LOG.note_id(1) + bytes(8) + signature)), False),
        _case("signature under the id of a cosignature", _note(TEXT, _line(LOG.name, LOG.note_id(4) + signature)), False),
        _case("cosignature of a time beyond the range", _note(TEXT, signed, LOG.cosign(TEXT, 1 << 63)), False),
        _case("signature of 63 bytes", _note(TEXT, _line(LOG.name, LOG.note_id(1) + signature[:63])), False),
        _case("signature of 65 bytes", _note(TEXT, _line(LOG.name, LOG.note_id(1) + signature + b"\0")), False),
        _case("65 signatures", _note(TEXT, *_strangers(64), signed), False, sumdb=True),
        _case("101 signatures", _note(TEXT, *_strangers(100), signed), False),
    ]  # fmt: skip


def _shapes() -> list[dict[str, Any]]:
    signed, good = LOG.sign_note(TEXT), _note(TEXT, LOG.sign_note(TEXT))
    return [
        _case("empty", "", False),
        _case("text alone", TEXT, False),
        _case("text and empty line", TEXT + "\n", False),
        _case("signature alone", signed, False),
        _case("no empty line", TEXT + signed, False),
        _case("no final line end", good[:-1], False),
        _case("empty line at the end", good + "\n", False),
        _case("text behind the signature", good + "more\n", False),
        _case("two texts", good + "\n" + good, False),
        _case("empty line between the signatures", _note(TEXT, signed, "\n", signed), False),
        _case("empty line before the first signature", TEXT + "\n\n" + signed, False),
        _case("one word changed", good.replace("\n7\n", "\n8\n"), False),
    ]


def _spellings() -> list[dict[str, Any]]:
    signed = LOG.sign_note(TEXT)
    name, digits = LOG.name, signed.split(" ")[2].rstrip("\n")
    unknown = f"{DASH} x {b64(bytes(5))}\n"
    loose = digits[:-2] + chr(ord(digits[-2]) + 1) + "="
    lines = {
        "hyphen": f"- {name} {digits}\n", "en dash": f"\u2013 {name} {digits}\n", "no dash": f"{name} {digits}\n",
        "no space behind the dash": f"{DASH}{name} {digits}\n", "two spaces behind the dash": f"{DASH}  {name} {digits}\n",
        "two spaces behind the name": f"{DASH} {name}  {digits}\n", "space behind the signature": f"{DASH} {name} {digits} \n",
        "space before the dash": f" {DASH} {name} {digits}\n", "no name": f"{DASH} {digits}\n", "empty name": f"{DASH}  {digits}\n",
        "no signature": f"{DASH} {name}\n", "empty signature": f"{DASH} {name} \n", "key id alone": _line(name, LOG.note_id(1)),
        "base64 without padding": f"{DASH} {name} {digits.rstrip('=')}\n", "base64 with too much padding": f"{DASH} {name} {digits}=\n",
        "base64 for addresses": f"{DASH} {name} {digits[:-4]}-_A=\n", "base64 with a space": f"{DASH} {name} {digits[:8]} {digits[8:]}\n",
        "base64 cut off": f"{DASH} {name} {digits[:-1]}\n",
    }  # fmt: skip
    cases = [_case(what, _note(TEXT, line), False) for what, line in lines.items()]
    cases += [
        _case(f"{what}, in another line", _note(TEXT, signed, line), False) for what, line in lines.items()
    ]
    return [
        *cases,
        _case("base64 with loose bits", _note(TEXT, f"{DASH} {name} {loose}\n"), False, sumdb=True),
        _case(
            "base64 with loose bits of an unknown key",
            _note(TEXT, signed, unknown.replace("A=\n", "B=\n")),
            False,
            sumdb=True,
        ),
    ]


def _characters() -> list[dict[str, Any]]:
    signed, good = LOG.sign_note(TEXT), _note(TEXT, LOG.sign_note(TEXT)).encode()
    spaces = "\u0085\u00a0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000"
    allowed = "\u007f\u0080\u200b\u2060\ufeff\ue000"
    controls = (0, 1, 8, 9, 11, 12, 13, 27, 31)
    broken = {
        "loose byte": b"\xff",
        "overlong": b"\xc0\xaf",
        "surrogate": b"\xed\xa0\x80",
        "cut off": b"\xe2\x80",
        "beyond Unicode": b"\xf4\x90\x80\x80",
    }
    texts = [(control, f"a{chr(control)}b\n") for control in controls]
    return [
        *(_case(f"control character {control} in the text", _note(text, LOG.sign_note(text)), False) for control, text in texts),
        *(_case(f"control character {control} in a name", _note(TEXT, signed, _line(f"a{chr(control)}b", bytes(9))), False) for control in controls),
        *(_case(f"space U+{ord(char):04X} in a name", _note(TEXT, signed, _line(f"a{char}b", bytes(9))), False) for char in spaces),
        *(_case(f"U+{ord(char):04X} in a name", _note(TEXT, signed, _line(f"a{char}b", bytes(9))), True) for char in allowed),
        _case("plus sign in a name", _note(TEXT, signed, _line("a+b", bytes(9))), False),
        _case("name that is not ASCII", _note(TEXT, signed, _line("见证方", bytes(9))), True),
        *(_case(f"UTF-8 {what} in the text", good.replace(b"\n7\n", b"\n7" + octets + b"\n"), False) for what, octets in broken.items()),
        *(_case(f"UTF-8 {what} in a name", good + DASH.encode() + b" a" + octets + b" AAAAAAAA\n", False) for what, octets in broken.items()),
    ]  # fmt: skip
