"""Scenario S5 with what the platforms are told: opened at once, withdrawn by itself after three years, in their order."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from certsvc.adapters.clock import FixedClock
from certsvc.domain.decision import DecisionKind
from certsvc.domain.platform_message import MessageState, Platform, wait_after
from tests.access.desk import open_desk
from tests.credit.asking import ask, register_application_system
from tests.credit.platform_simulator import open_simulator, require_signed
from tests.decisions.deciders import SUN, Deciders
from tests.support.workbooks import REGULAR, sample

PERSON = str(SUN["证件号码"])
LAST_SECOND = datetime(2027, 6, 2, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai


def test_s5_the_credit_platform_follows_the_record_from_its_opening_to_its_end(
    tmp_path: Path, database_url: str
) -> None:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with (
        open_simulator() as simulator,
        open_desk(
            tmp_path,
            clock,
            database_url,
            credit_platform_url=simulator.address,
            title_platform="on",
            title_platform_url=simulator.address,
        ) as desk,
    ):
        register_application_system(desk)
        office, deciders = desk.office.office, Deciders(desk.office, clock)
        (certificate,) = desk.office.issue(desk.office.submit(sample(REGULAR).with_rows([SUN]).xlsx()))
        number = certificate.draft.content.number
        office.credit.work(lambda: False)
        assert [kind for kind, _ in simulator.kinds] == ["publish"]

        simulator.moods = ["503", "take-and-break"]
        deciders.decide(DecisionKind.REVOKE, number)
        office.credit.work(lambda: False)
        clock.advance(timedelta(seconds=wait_after(1)))
        office.credit.work(lambda: False)
        assert sorted(kind for kind, _ in simulator.kinds) == ["change", "open", "publish"]
        opened = next(json.loads(simulator.kept[key]) for key in simulator.order if key.endswith("/open"))
        assert opened["content"] | {"record": "", "ground": ""} == {
            "record": "",
            "number": number,
            "name": "孙建国",
            "id_kind": "居民身份证",
            "id_number": PERSON,
            "document_ref": "吉人社撤销〔2024〕7号",
            "decided_on": "2024-06-03",
            "recorded_on": "2024-06-03",
            "from_on": "2024-06-03",
            "until_on": "2027-06-03",
            "ground": "",
        }
        for request in simulator.seen:
            require_signed(request["body"], request["X-JWS-Signature"], office.credit.api_signer.public_key)

        assert ask(desk, SUN, applied_on=date(2025, 3, 1)).told["free_on"] == "2027-06-03"
        clock.instant = LAST_SECOND
        office.credit.work(lambda: False)
        assert ask(desk, SUN, applied_on=clock.today()).told["eligible"] is False
        assert len(simulator.order) == 3
        clock.advance(timedelta(seconds=1))
        assert ask(desk, SUN, applied_on=clock.today()).told["eligible"] is True
        office.credit.work(lambda: False)
        withdrawn = json.loads(simulator.kept[simulator.order[-1]])
        assert (withdrawn["kind"], withdrawn["subject"]) == ("withdraw", opened["subject"])
        assert withdrawn["content"]["withdrawn_on"] == "2027-06-03"
        office.catch_up()
        assert [int(leaf.type) for leaf in deciders.audit()] == [1, 3, 8, 9]
        assert office.credit.delivery.listed(None, MessageState.WAITING, 10) == ()
        assert office.credit.delivery.listed(None, MessageState.DEAD, 10) == ()
        receipts = [one.receipt for one in office.credit.delivery.listed(Platform.CREDIT, None, 10)]
        assert all(receipt is not None for receipt in receipts)
        assert len(receipts) == 2
        assert office.trail.verify_chain().fault is None
