"""The cases of tlog-policy files for scripts/make_c2sp_vectors.py."""

from __future__ import annotations

from typing import Any

from tests.verifier.builders import b64, key

_LOG = key("log.example/zc", 3)
_WITNESSES = [key(f"w{number}.example", 20 + number) for number in range(6)]
_LINES = [f"witness w{number} {one.vkey(4)}\n" for number, one in enumerate(_WITNESSES)]
_TWO_LEVELS = "".join(_LINES) + "group x 2 w0 w1 w2\ngroup y any w3 w4 w5\ngroup both all x y\nquorum both\n"


_FOREIGN = bytes([6]) + bytes(range(256)) * 5 + bytes(32)  # an ML-DSA-44 key: 1,312 bytes
_FOREIGN_LINE = f"witness f f.example+0a1b2c3d+{b64(_FOREIGN)}\n"


def policy_cases() -> list[dict[str, Any]]:
    """`met` tells for sets of cosigning witnesses whether they make the quorum."""
    return [*_good(), *_bad()]


def _case(what: str, content: str | bytes, holds: bool, met: dict[str, bool] | None = None) -> dict[str, Any]:
    told = {"text": content} if isinstance(content, str) else {"raw": b64(content)}
    return {"what": what, "holds": holds} | told | ({} if met is None else {"met": met})


def _good() -> list[dict[str, Any]]:
    first, log, address = _LINES[0], f"log {_LOG.vkey()}\n", "https://w.example/"
    many = [key(f"m{number}", 100 + number) for number in range(32)]
    crowd = "".join(f"witness m{number} {one.vkey(4)}\n" for number, one in enumerate(many))
    majority = "group g 17 " + " ".join(f"m{number}" for number in range(32)) + "\nquorum g\n"
    seventeen = " ".join(f"m{number}" for number in range(17))
    return [
        _case("no witness asked for", "quorum none\n", True, {"": True}),
        _case("no witness asked for, a log", log + "quorum none\n", True, {"": True}),
        _case("one witness", log + first + "quorum w0\n", True, {"": False, "w0": True, "other": False}),
        _case("addresses", f"{log[:-1]} {address}\n{first[:-1]} {address}\nquorum w0\n", True, {"w0": True}),
        _case("log behind the quorum", first + "quorum w0\n" + log, True, {"w0": True, "": False}),
        _case("witness that is not asked for", first + _LINES[1] + "quorum w0\n", True, {"w1": False, "w0": True}),
        _case("two levels of groups", _TWO_LEVELS, True, {
            "w0 w1 w3": True, "w0 w2 w5": True, "w0 w1 w2 w3 w4 w5": True, "w0 w3": False, "w0 w1 w2": False, "w3 w4 w5": False, "": False,
        }),
        _case("all", "".join(_LINES[:2]) + "group g all w0 w1\nquorum g\n", True, {"w0 w1": True, "w0": False}),
        _case("any", "".join(_LINES[:2]) + "group g any w0 w1\nquorum g\n", True, {"w1": True, "": False}),
        _case("tabs, empty lines, comments, indents", f"# a\n\n \t\n\t#b\n  {first}\tquorum \t w0 \t\n", True, {"w0": True}),
        _case("comment that is not UTF-8", b"# \xff\xfe\nquorum none\n", True, {"": True}),
        _case("names that are keywords", first.replace("w0", "group", 1) + "group log any group\nquorum log\n", True, {"group": True}),
        _case("names apart by case", first + _LINES[1].replace("w1", "W0", 1) + "quorum W0\n", True, {"w0": False, "W0": True}),
        _case("names of an object's prototype", first.replace("w0", "__proto__", 1) + "group constructor any __proto__\nquorum constructor\n", True, {"__proto__": True, "": False}),
        _case("32 witnesses", crowd + majority, True, {seventeen: True, seventeen[3:]: False}),
        _case("witness key of an unknown type, nobody asked for", _FOREIGN_LINE + "quorum none\n", True, {"": True, "f": True}),
        _case("witness key of an unknown type with an address", f"{_FOREIGN_LINE[:-1]} {address}\nquorum none\n", True, {"": True}),
        _case("witness key of an unknown type as the quorum", _FOREIGN_LINE + "quorum f\n", True, {"f": False, "": False}),
        _case("witness key of an unknown type beside others", _FOREIGN_LINE + "".join(_LINES[:2]) + "group g 2 f w0 w1\nquorum g\n", True, {"w0 w1": True, "f w0": False}),
        _case("the same key as type 0x04 and as one to come", first + f"witness f w0.example+00000000+{b64(bytes([99]) + _WITNESSES[0].public)}\ngroup g all w0 f\nquorum g\n", True, {"w0": False, "w0 f": False}),
        _case("key of a log as a witness too", f"{log}witness w {key(_LOG.name, 3).vkey(4)}\nquorum w\n", True, {"w": True}),
    ]  # fmt: skip


def _bad() -> list[dict[str, Any]]:
    first, log = _LINES[0], f"log {_LOG.vkey()}\n"
    texts = {
        "empty": "", "no quorum": log + first, "two quorums": "quorum none\nquorum none\n",
        "quorum before its witness": "quorum w0\n" + first, "quorum that nothing defines": first + "quorum w1\n",
        "quorum without name": first + "quorum\n", "quorum of two": "".join(_LINES[:2]) + "quorum w0 w1\n",
        "last line without end": "quorum none", "line ends of Windows": "quorum none\r\n", "unknown keyword": "trust none\nquorum none\n",
        "keyword in capitals": "Quorum none\n", "no-break space": "quorum\u00a0none\n", "comment behind a line": "quorum none # none\n",
        "form feed": "quorum none\n\f\n", "NUL": "# \0\nquorum none\n", "DEL": "# \x7f\nquorum none\n",
        "witness named none": first.replace("w0", "none", 1) + "quorum none\n",
        "group named none": first + "group none any w0\nquorum none\n",
        "name twice": first + _LINES[1].replace("w1", "w0", 1) + "quorum w0\n",
        "group with the name of a witness": first + "group w0 any w0\nquorum w0\n",
        "witness key twice": first + first.replace("w0", "w9", 1) + "quorum w0\n",
        "witness key twice under two key names": first + f"witness w9 {key('elsewhere', 20).vkey(4)}\nquorum w0\n",
        "log key twice": log + log + "quorum none\n", "log key twice under two names": log + f"log {key('elsewhere', 3).vkey()}\nquorum none\n",
        "witness with the key type of a log": f"witness w {_LOG.vkey()}\nquorum w\n", "log with the key type of a witness": f"log {_LOG.vkey(4)}\nquorum none\n",
        "witness key of an unknown type, twice": _FOREIGN_LINE + _FOREIGN_LINE.replace("witness f", "witness g") + "quorum none\n",
        "witness key of an unknown type under a name twice": _FOREIGN_LINE + first.replace("w0", "f", 1) + "quorum none\n",
        "witness key of an unknown type without key": f"witness f f.example+0a1b2c3d+{b64(bytes([6]))}\nquorum none\n",
        "witness key of an unknown type, hash in capitals": _FOREIGN_LINE.replace("0a1b2c3d", "0A1B2C3D") + "quorum none\n",
        "witness key of an unknown type, short hash": _FOREIGN_LINE.replace("0a1b2c3d", "0a1b2c") + "quorum none\n",
        "witness key of an unknown type, not base64": _FOREIGN_LINE[:-2] + "\nquorum none\n",
        "witness key of an unknown type without key name": _FOREIGN_LINE.replace("f.example", "") + "quorum none\n",
        "witness key of an unknown type, too long": f"witness f f.example+0a1b2c3d+{b64(bytes([6]) * 12_289)}\nquorum none\n",
        "witness key of type 0x04 with a short key": f"witness f f.example+0a1b2c3d+{b64(bytes([4]) * 32)}\nquorum none\n",
        "log key of an unknown type": f"log f.example+0a1b2c3d+{b64(_FOREIGN)}\nquorum none\n",
        "witness without key": "witness w\nquorum w\n", "witness with too many words": first[:-1] + " a b\nquorum w0\n",
        "log without key": "log\nquorum none\n", "key that is none": "witness w nonsense\nquorum w\n",
        "group without members": first + "group g any\nquorum g\n", "group without rule": first + "group g\nquorum g\n",
        "threshold 0": first + "group g 0 w0\nquorum g\n", "threshold above the members": first + "group g 2 w0\nquorum g\n",
        "threshold with a sign": first + "group g +1 w0\nquorum g\n", "threshold in hexadecimal": first + "group g 0x1 w0\nquorum g\n",
        "threshold in words": first + "group g most w0\nquorum g\n", "threshold in other digits": first + "group g \u0661 w0\nquorum g\n",
        "rule of an object's prototype": first + "group g constructor w0\nquorum g\n", "rule __proto__": first + "group g __proto__ w0\nquorum g\n",
        "rule toString": first + "group g toString w0\nquorum g\n", "rule valueOf": first + "group g valueOf w0\nquorum g\n",
        "keyword of an object's prototype": first + "constructor w0\nquorum w0\n",
        "quorum of an object's prototype": first + "quorum constructor\n", "member of an object's prototype": first + "group g any __proto__\nquorum g\n",
        "member none": first + "group g any none\nquorum g\n", "member twice": first + "group g any w0 w0\nquorum g\n",
        "member of two groups": first + "group g any w0\ngroup h any w0\nquorum g\n", "member of itself": first + "group g any g\nquorum g\n",
        "member defined later": "group g any w0\n" + first + "quorum g\n",
    }  # fmt: skip
    return [_case(what, text, False) for what, text in texts.items()]
