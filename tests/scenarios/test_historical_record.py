"""Scenario S10, its historical record: the paper of 1998 of 周铭, from the archive to an employer's screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.levels import Level
from tests.access.desk import Desk, open_desk
from tests.decisions.deciders import audit
from tests.history.papers import ZHOU, ZHOU_ID, history_xlsx

XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
IMPORTS, RECORDS = "/api/v1/history-imports", "/api/v1/historical-records"


def test_s10_a_paper_of_1998_becomes_verifiable_is_disputed_and_corrected(
    tmp_path: Path, clock: FixedClock, database_url: str
) -> None:
    with open_desk(tmp_path, clock, database_url) as desk:
        office = desk.office.office
        office.actors.register_actor(Actor("other-city", Role.MAKER, "220600"), clock.now())
        with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
            raw = history_xlsx([ZHOU])
            imported = maker.post(IMPORTS, content=raw, headers=XLSX).json()
            assert (imported["status"], imported["records"], imported["qualities"]) == (
                "imported", {"graded": 1}, {"A": 1},
            )  # fmt: skip
            assert [one["code"] for one in imported["findings"]] == ["history-id-upgraded"]
            assert maker.post(IMPORTS, content=raw, headers=XLSX).json() == imported
            (line,) = maker.get(f"{IMPORTS}/{imported['import']}").json()["lines"]
            reference = line["reference"]
            before = verify(desk, reference)
            assert (before["verdict"], before["historical"]) == ("undetermined", None)

            assert maker.post(f"{IMPORTS}/{imported['import']}/confirmation").status_code == 403
            confirmed = second.post(f"{IMPORTS}/{imported['import']}/confirmation").json()
            assert (confirmed["status"], confirmed["records"]) == ("confirmed", {"published": 1})

            for number in (reference, ZHOU["原证书编号"]):
                for last4 in ("0515", "2051"):  # of the number of today, and of the one on the paper
                    after = verify(desk, str(number), last4)
                    assert (after["verdict"], after["status"]) == ("passed", "historical")
                    assert after["historical"]["label"] == "历史数据（原证书号 吉中高字980312）"
                    assert (after["historical"]["title"], after["historical"]["acquired"]) == (
                        "中学高级教师", "1998-06",
                    )  # fmt: skip
                    assert after["holder"] == "周*"
            (held,) = office.filings.titles_held([ZHOU_ID])[ZHOU_ID]
            assert (held.number, held.series, held.level) == (reference, 22, Level.DEPUTY_SENIOR)

            assert second.get(f"{RECORDS}/{reference}").json()["steps"] == [
                "dispute",
                "correction",
                "revocation",
            ]
            disputed = maker.post(f"{RECORDS}/{reference}/disputes", json={"ground": "本人称系1997年取得"})
            assert disputed.status_code == 200, disputed.text
            assert verify(desk, reference)["not_established"][-1] == "historical-disputed"
            correction = {"changes": {"取得时间": "1997-12-20"}, "basis": "省档J0123-1997-0007"}
            assert maker.post(f"{RECORDS}/{reference}/corrections", json=correction).status_code == 200
            assert second.get(f"{RECORDS}/{reference}").json()["steps"] == ["confirmation"]
            assert maker.get(f"{RECORDS}/{reference}").json()["steps"] == []
            assert maker.post(f"{RECORDS}/{reference}/confirmation").status_code == 403
            assert second.post(f"{RECORDS}/{reference}/confirmation").json()["version"] == 2

            shown = second.get(f"{RECORDS}/{reference}").json()["versions"]
            assert [(one["version"], one["state"]) for one in shown] == [(1, "corrected"), (2, "published")]
            assert [one["as_recorded"]["取得时间"] for one in shown] == ["1998年6月", "1997-12-20"]
            assert shown[0]["as_recorded"]["证件号码"] == ZHOU["证件号码"]
            assert shown[0]["id_number"] == ZHOU_ID
        last = verify(desk, reference)
        assert (last["verdict"], last["historical"]["acquired"], last["historical"]["version"]) == (
            "passed", "1997-12-20", 2,
        )  # fmt: skip
        with desk.sign_in("other-city") as elsewhere:
            assert elsewhere.get(f"{RECORDS}/{reference}").status_code == 403
        events = [event.type.name for event in audit(office.settings.public_folder)]
        assert events == ["HISTORICAL", "CORRECTED", "HISTORICAL"]
        assert office.certificates.published(number=reference) == ()
        assert office.trail.verify_chain().fault is None


def verify(desk: Desk, number: str, id_last4: str = "0515") -> dict[str, Any]:
    """An employer's question, without an account."""
    question = {"number": number, "name": "周铭", "id_last4": id_last4}
    with desk.visitor() as employer:
        answer: dict[str, Any] = employer.post("/api/v1/verify", json=question).json()
    return answer
