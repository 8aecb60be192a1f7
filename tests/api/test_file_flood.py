"""Many files at once, each as dear as one can be: the machine keeps its places, and everybody else is served."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from certverify.errors import NotExaminedError
from certverify.pdf_sandbox import PLACES, PdfSandbox

from certsvc.entrypoints.public_api import create_app
from tests.api.asking import PublicOffice
from tests.api.test_interface import PDF, VERIFY_PDF, service_of
from tests.web.builders import served

CURVES = 40_000
FILES = 12
UNLIMITED = 1_000_000


@contextmanager
def face(public: PublicOffice, **limits: int) -> Iterator[httpx.Client]:
    app = create_app(public.office.settings.public_folder, service_of(public, **limits))
    with served(app) as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client


def heavy() -> bytes:
    """One page of curves, each over the whole of it."""
    drawn = b"0 0 m " + b"900 0 0 600 900 600 c 0 900 600 0 0 0 c " * (CURVES // 2) + b"S"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 600] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    ]
    raw, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(raw))
        raw += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(raw)
    raw += b"xref\n0 5\n0000000000 65535 f \n" + table
    return raw + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


class Watch:
    """How many processes of the sandbox ran at one time, at most."""

    def __init__(self) -> None:
        self.most = 0
        self._done = Event()
        self._thread = Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            self.most = max(self.most, sum(map(_is_sandbox, _children())))


def _children() -> list[str]:
    return " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()


def _is_sandbox(child: str) -> bool:
    try:
        return b"certverify.pdf_inspection" in Path(f"/proc/{child}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return False


def test_a_flood_of_heavy_files_takes_no_more_than_its_places(shared: PublicOffice) -> None:
    raw, original = heavy(), shared.document(shared.regular[0])
    with (
        face(shared, verify_per_minute=UNLIMITED, examine_per_minute=UNLIMITED, answer_seconds=60) as client,
        ThreadPoolExecutor(FILES) as many,
        Watch() as watch,
    ):
        asked = [many.submit(client.post, VERIFY_PDF, content=raw, headers=PDF) for _ in range(FILES)]
        time.sleep(0.3)
        beside = client.post(VERIFY_PDF, content=original, headers=PDF)
        still_at_work = not all(one.done() for one in asked)
        answers = [one.result() for one in asked]
    assert (beside.status_code, beside.json()["verdict"], still_at_work) == (200, "passed", True)
    assert 1 <= watch.most <= PLACES
    turned_away = [answer for answer in answers if answer.status_code != 200]
    assert len(turned_away) >= FILES - 8
    assert {(one.status_code, one.json()["code"], one.headers["Retry-After"]) for one in turned_away} == {
        (503, "examination-busy", "5")
    }


def test_files_that_are_no_originals_have_an_allowance_of_their_own(
    shared: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bytes:
        raise NotExaminedError("no answer")

    monkeypatch.setattr(PdfSandbox, "run", fails)
    original = shared.document(shared.regular[0])
    with face(shared, verify_per_minute=UNLIMITED, examine_per_minute=2) as client:
        answers = [client.post(VERIFY_PDF, content=original + b"x", headers=PDF) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert client.post(VERIFY_PDF, content=original, headers=PDF).json()["verdict"] == "passed"
