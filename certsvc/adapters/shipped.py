"""Folders that ship with the package: templates, fonts, the browser checker."""

from __future__ import annotations

from pathlib import Path

from certsvc.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_shipped", _PACKAGE.parent)
"""Where an installed wheel carries them, and where a checkout has them."""


def shipped_folder(relative: str) -> Path:
    """A folder that ships with the package, such as `verifier/web` or `templates/pages`.

    Raises ConfigurationError when this installation has none.
    """
    for place in _PLACES:
        folder = place / relative
        if folder.is_dir():
            return folder
    raise ConfigurationError(f"安装不完整：缺少目录 {relative}。请重新安装，或从完整的源码目录运行。")
