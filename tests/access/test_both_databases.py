"""The way of a batch over HTTP, from sign-in to issue, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from certsvc.adapters.clock import FixedClock
from tests.access.desk import PROGRAM, open_desk
from tests.support.workbooks import DUAL_DIRECTED, sample

PATH = "/api/v1/filings"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_batch_goes_from_a_program_to_two_officials(
    tmp_path: Path, clock: FixedClock, database_url: str
) -> None:
    raw = sample(DUAL_DIRECTED).with_rows([{}]).xlsx()
    with open_desk(tmp_path, clock, database_url) as desk:
        token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, raw))

        def send(_: int) -> httpx.Response:
            return desk.call("POST", PATH, token, raw, XLSX)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(send, range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
        (filing,) = [answer.json()["filing"] for answer in answers if answer.status_code == 200]
        with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
            assert maker.post(f"{PATH}/{filing}/approval").status_code == 200
            assert maker.post(f"{PATH}/{filing}/issue").status_code == 403
            assert second.post(f"{PATH}/{filing}/issue").json()["certificates"] == {"published": 1}
            assert second.post("/console/sign-out").status_code == 204
            assert second.get("/console/me").status_code == 401
        assert desk.office.office.trail.verify_chain().fault is None
