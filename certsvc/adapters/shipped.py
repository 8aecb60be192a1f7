"""Folders that ship beside the package: templates, fonts, the browser checker."""

from __future__ import annotations

from pathlib import Path

from certsvc.errors import ConfigurationError


def shipped_folder(relative: str) -> Path:
    """A folder that ships beside the package, such as `verifier/web` or `templates/pages`.

    Raises ConfigurationError when this installation has none.
    """
    folder = Path(__file__).resolve().parents[2] / relative
    if not folder.is_dir():
        raise ConfigurationError(f"安装不完整：缺少目录 {relative}。请从完整的源码目录安装。")
    return folder
