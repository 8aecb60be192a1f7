"""A real browser for tests: Debian's Chromium, driven by Playwright. Asks nothing of the network but loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_MISSING = (
    "these tests need Debian's Chromium at /usr/bin/chromium: apt-get install -y chromium fonts-noto-cjk"
)
CAMERA_FILE_FLAG = "--use-file-for-fake-video-capture"


@contextmanager
def browser_with_camera(browser: Browser, film: Path) -> Iterator[Browser]:
    """Another browser whose only camera shows a film (uncompressed, `.y4m`) again and again.

    The film is opened with the camera: what is written there in between is seen at the next opening. A context that
    was not granted `camera` is refused it, as by a person who says no.
    """
    flags = [*_FLAGS, "--use-fake-device-for-media-stream", f"{CAMERA_FILE_FLAG}={film}"]
    executable = shutil.which("chromium")
    running = browser.browser_type.launch(executable_path=executable, args=flags)
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module of tests; each test opens contexts of its own.

    Not for the whole run: while Playwright runs, its event loop forbids `asyncio.run` to every other test.
    """
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail(_MISSING)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=list(_FLAGS))
        yield running
        running.close()
