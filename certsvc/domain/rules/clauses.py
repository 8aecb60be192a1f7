"""The notices 通知 that rules cite, by their document numbers."""

from __future__ import annotations

from typing import Final

REFORM: Final = "吉人社函〔2022〕38号"
ONLINE: Final = "吉人社函〔2022〕181号"
EPIDEMIC: Final = "吉人社函〔2023〕9号"
DUAL: Final = "吉人社函〔2023〕211号"
