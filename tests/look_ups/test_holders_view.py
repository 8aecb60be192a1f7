"""A holder sees who checked a certificate: when, by which way, what was told, and a mark where no name is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ed25519

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.caller import Purpose
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.ports.look_ups import EnumerationAlert, LookUp, LookUpChannel, Pattern
from certsvc.stages.look_ups import marked
from tests.access.desk import Desk, open_desk, register
from tests.api.asking import claim, qr_text
from tests.support.workbooks import DUAL_DIRECTED, sample

PATH = "/api/v1/holder/look-ups"
NOW = datetime(2024, 6, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    """A desk on 2024-06-03 with the portal of the holders registered."""
    with open_desk(tmp_path / "home", FixedClock(NOW), database_url) as opened:
        key = ed25519.Ed25519PrivateKey.generate()
        opened.programs["portal"] = register(opened, "portal", key, Purpose.HOLDER_PORTAL)
        yield opened


@pytest.fixture
def certificate(desk: Desk) -> PublicCertificate:
    return desk.office.issue(desk.office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx()))[0]


def holder_of(certificate: PublicCertificate) -> dict[str, str]:
    award = certificate.draft.content.award
    return {"name": award.name, "id_number": award.document.number}


def ask(desk: Desk, path: str, body: dict[str, Any], program: str = "portal") -> Any:
    raw = json.dumps(body).encode()
    answer = desk.call("POST", path, desk.programs[program].token(desk.claims(program, raw)), raw)
    return answer.json() | {"http": answer.status_code}


def test_the_holder_sees_every_way_and_nobody_else_does(desk: Desk, certificate: PublicCertificate) -> None:
    own = {"holder": holder_of(certificate), "number": certificate.draft.content.number}
    office = desk.office.office
    with desk.visitor() as anybody:
        anybody.post("/api/v1/verify", json={"qr": qr_text(certificate)}, headers={"X-Asked-From": "page"})
        desk.clock.advance(timedelta(minutes=1))
        anybody.post("/api/v1/bundle", json=claim(certificate))
        grant = {"fields": ["title"], "recipient": "某公司"}
        made = ask(desk, "/api/v1/holder/share-grants", own | grant)
        anybody.post("/api/v1/share-grants/open", json={"code": made["code"]})
    office.look_ups.journal.note(
        LookUp(desk.clock.now(), own["number"], LookUpChannel.BATCH, "failed", "key:1", "某集团", "招聘")
    )
    office.look_ups.journal.flush()
    seen = ask(desk, PATH, own)
    assert seen["http"] == 200
    assert [(one["channel_label"], one["told_label"], one["asker"]) for one in seen["look_ups"]] == [
        ("批量核验", "未通过核验", None),
        ("接口", "提供了核验材料", "查验方甲"),
        ("公开页面", "通过核验", "查验方甲"),
    ]
    assert (seen["look_ups"][0]["organisation"], seen["look_ups"][0]["purpose"]) == ("某集团", "招聘")
    assert seen["look_ups"][2]["at"] == "2024-06-03T02:00:00Z"
    assert seen["grant_openings"] == [
        {"at": "2024-06-03T02:01:00Z", "grant": made["grant"], "recipient": "某公司"}
    ]
    assert "不留记录" in seen["note"]
    stranger = {"name": "王莉", "id_number": "229905198307160444"}
    assert ask(desk, PATH, own | {"holder": stranger})["http"] == 404
    assert ask(desk, PATH, own, program="upstream")["http"] == 403


def test_marks_are_given_in_the_order_of_time_and_say_nothing_across_days() -> None:
    def one(minute: int, asker: str) -> LookUp:
        return LookUp(NOW + timedelta(minutes=minute), "n", LookUpChannel.PAGE, "passed", asker)

    newest_first = [one(3, "c"), one(2, "a"), one(1, "b"), one(0, "a")]
    assert [each.mark for each in marked(newest_first)] == ["查验方丙", "查验方甲", "查验方乙", "查验方甲"]
    many = [one(minute, str(minute)) for minute in reversed(range(12))]
    assert [each.mark for each in marked(many)][:2] == ["查验方12", "查验方11"]


def test_alerts_are_listed_by_pseudonym(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    office = desk.office.office
    office.look_ups.journal.raise_alert(EnumerationAlert(NOW, Pattern.SEQUENCE, "198.51.100.7", 12))
    office.look_ups.journal.flush()
    monkeypatch.setenv("CERTSVC_HOME", str(office.settings.home))
    monkeypatch.setenv("CERTSVC_DATABASE_URL", office.settings.effective_database_url)
    listed = CliRunner().invoke(certsvc, ["look-ups", "alerts", "--json"])
    (alert,) = json.loads(listed.stdout)["alerts"]
    assert (alert["pattern"], alert["count"], len(alert["asker"])) == ("sequence", 12, 16)
    with desk.sign_in("supervisor") as official:
        assert official.get("/api/v1/look-up-alerts").json() == {"alerts": [alert]}
    with desk.sign_in("city") as official:
        assert official.get("/api/v1/look-up-alerts").status_code == 403
    told = CliRunner().invoke(certsvc, ["look-ups", "alerts"]).stdout
    assert "按顺序试探编号" in told
    assert "198.51" not in told
