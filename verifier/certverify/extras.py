"""Which optional libraries this machine lacks, and what brings them: `pip install './verifier[upload]'` in this repository."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec

_LIBRARIES = {
    "upload": ("pyhanko", "pypdf", "pypdfium2"),
    "batch": ("python_calamine", "xlsxwriter"),
}
_FOR = {
    "upload": ("检查 PDF 扫描件和非原始文件", "to look into scans and other PDF files that are no originals"),
    "batch": ("读写 XLSX 表格", "to read and write XLSX workbooks"),
}
_NO_SANDBOX = (
    "检查 PDF 扫描件和非原始文件需要 Linux 或 macOS；在本机请改用二维码图片。",
    "Scans and other PDF files that are no originals are examined on Linux and macOS alone; here, use a picture of the QR code.",
)


@dataclass(frozen=True, slots=True)
class Hint:
    """What would help, in both languages; it changes no verdict."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """For programs."""
        return {"zh": self.zh, "en": self.en}


def distribution(extra: str) -> str:
    """What `pip install` takes in the folder of this repository; the name alone would be looked up in the public index."""
    return f"./verifier[{extra}]"


def missing_extra(extra: str) -> Hint | None:
    """What to install for `upload` or `batch`; None when everything is there."""
    missing = [name for name in _LIBRARIES[extra] if find_spec(name) is None]
    if not missing:
        return Hint(*_NO_SANDBOX) if extra == "upload" and _lacks_limits() else None
    zh, en = _FOR[extra]
    names, install = ", ".join(missing), f"pip install '{distribution(extra)}'"
    return Hint(
        f"本机没有安装可选组件（{names}），无法{zh}。请在本项目的目录中安装：{install}",
        f"Optional libraries are not installed ({names}), which are needed {en}; in the folder of this project: {install}",
    )


def _lacks_limits() -> bool:
    """Whether the system cannot bound what a process takes: no file is parsed there."""
    return sys.platform == "win32" or find_spec("resource") is None
