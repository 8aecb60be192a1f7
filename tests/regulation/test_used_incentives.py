"""Incentives that were used up without a certificate of ours."""

from __future__ import annotations

import pytest

from tests.gate import builders as a


def told(**row: str) -> dict[str, str]:
    (outcome,) = a.gate(a.header(channel=row["way"]), a.row(**row)).outcomes
    return {f.code: f.severity.value for f in outcome.findings if "epidemic" in f.code or "aid" in f.code}


@pytest.mark.parametrize(
    ("remark", "refused"),
    [
        ("已享受2022年接触确诊病例提前一年申报评审政策", True),
        ("2022年提前1年申报", True),
        ("未享受提前一年申报政策", False),
        ("一线医务人员", False),
    ],
)
def test_who_applied_a_year_early_gets_no_epidemic_incentive(remark: str, refused: bool) -> None:
    """吉人社函〔2023〕9号 一."""
    assert told(way="抗疫激励", remark=remark) == ({"epidemic-applied-early": "error"} if refused else {})


@pytest.mark.parametrize(
    ("remark", "held"),
    [
        ("援疆期间已由派出单位聘任副主任医师", True),
        ("支教期间聘用为高级教师", True),
        ("视同激励政策落实", True),
        ("援外期间未聘任新职务", False),
        ("援藏三年，考核合格", False),
    ],
)
def test_an_appointment_during_the_mission_uses_the_right_up(remark: str, held: bool) -> None:
    """吉人社函〔2022〕38号 二（二）."""
    row = {"way": "援疆援藏援外支教激励", "basis_ref": "吉组派〔2019〕3号", "remark": remark}
    assert told(**row) == ({"aid-appointment-counts": "hold"} if held else {})
