"""`certsvc trust`: the signed trust list, and keys that take over from each other."""

from __future__ import annotations

import click


@click.group()
def trust() -> None:
    """信任清单与密钥更替。"""
