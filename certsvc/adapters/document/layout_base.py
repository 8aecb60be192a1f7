"""A layout that is based on another: `"based_on"` names the base, the rest says what is different.

- An object (`page`, `colours`, `qr` ...) is laid over the base's, key by key; null takes away; a value takes the place of
  the base's value.
- `"adds"`: list -> entries after the base's.
- `"changes"`: list -> entry -> what is different in it, null takes the entry away. An entry is named by its `field` or `id`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_Declared = dict[str, Any]


def declared_layout(folder: Path) -> _Declared:
    """The `layout.json` of a folder, with its base. Raises OSError, ValueError, KeyError, TypeError for what is no layout."""
    declared: _Declared = json.loads((folder / "layout.json").read_text("utf-8"))
    base = declared.pop("based_on", None)
    if base is None:
        return declared
    if not isinstance(base, str) or ".." in base.split("/"):
        raise ValueError(base)
    return _laid_over(declared_layout(folder.parents[1] / base), declared)


def _laid_over(base: _Declared, own: _Declared) -> _Declared:
    adds, changes = own.pop("adds", {}), own.pop("changes", {})
    whole = {**base, **{key: _merged(base.get(key), value) for key, value in own.items()}}
    for name, by_entry in changes.items():
        unknown = set(by_entry) - {_name(entry) for entry in whole[name]}
        if unknown:
            raise ValueError(f"{name}: {sorted(unknown)}")
        changed = (_merged(entry, by_entry.get(_name(entry), {})) for entry in whole[name])
        whole[name] = [entry for entry in changed if entry is not None]
    for name, entries in adds.items():
        whole[name] = [*whole.get(name, []), *entries]
    return whole


def _merged(base: Any, own: Any) -> Any:
    return {**base, **own} if isinstance(base, dict) and isinstance(own, dict) else own


def _name(entry: _Declared) -> str | None:
    return entry.get("field", entry.get("id"))
