"""The face for officials who are signed in, and for registered programs: filings and decisions (docs/sign-in.md)."""

from certsvc.entrypoints.console.application import PATHS, create_console

__all__ = ["PATHS", "create_console"]
