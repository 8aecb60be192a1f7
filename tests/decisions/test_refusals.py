"""What is refused, with which words, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.errors import CertsvcError, ConflictError, NotPermitted, RequestError, UnknownReference
from tests.decisions.deciders import DECIDED_ON, Deciders, issue_dual, issue_sun

REVOKE, CORRECT = DecisionKind.REVOKE, DecisionKind.CORRECT
SUSPEND, REINSTATE = DecisionKind.SUSPEND, DecisionKind.REINSTATE


@pytest.fixture(scope="module")
def regular(quiet: Deciders) -> PublicCertificate:
    return issue_sun(quiet)


@pytest.fixture(scope="module")
def dual(quiet: Deciders) -> PublicCertificate:
    return issue_dual(quiet)


def number_of(certificate: PublicCertificate) -> str:
    return certificate.draft.content.number


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"actor": "nobody"}, UnknownReference, "没有登记"),
        ({"actor": "watcher"}, NotPermitted, "监督人员"),
        ({"actor": "city"}, NotPermitted, "省人力资源和社会保障厅决定"),
        ({"actor": "county"}, NotPermitted, "省人力资源和社会保障厅决定"),
        ({"ground": "孙建国伪造学历"}, RequestError, "姓名"),
        ({"ground": "孙 建国伪造学历"}, RequestError, "姓名"),
        ({"document_ref": "关于孙建国的决定"}, RequestError, "决定文号会向查验方公开"),
        ({"ground": "证件229906197605300515的材料造假"}, RequestError, "身份证件号码"),
        ({"ground": "证件 229906 19760530 0515 的材料造假"}, RequestError, "身份证件号码"),
        ({"ground": "与２２９９０５１９８３０７１５０４２２雷同"}, RequestError, "身份证件号码"),
        ({"ground": "与229905830715042雷同"}, RequestError, "身份证件号码"),
        ({"ground": "  "}, RequestError, "请填写决定理由"),
        ({"ground": "字" * 501}, RequestError, "不能超过"),
        ({"ground": "一\n二"}, RequestError, "无法显示"),
        ({"document_ref": ""}, RequestError, "请填写决定文号"),
        ({"decided_on": DECIDED_ON + timedelta(days=1)}, RequestError, "不能晚于今天"),
        ({"decided_on": date(2023, 9, 18)}, RequestError, "不能早于职称的取得日期"),
        ({"changes": {"name": "孙健国"}}, RequestError, "只有更正"),
    ],
)
def test_a_revocation_is_refused_for(
    quiet: Deciders, regular: PublicCertificate, given: dict[str, Any], error: type[CertsvcError], words: str
) -> None:
    with pytest.raises(error, match=words):
        quiet.propose(REVOKE, number_of(regular), **given)
    assert quiet.office.decisions.listed(number=number_of(regular)) == ()


@pytest.mark.parametrize(
    "ground",
    [
        "单位91220101123456789X提供的证明与事实不符",
        "依据吉人社函〔2022〕38号四（二），经2024-05-10至2024-06-03核查",
        "证书222023051000001L的申报材料不实",
    ],
)
def test_units_dates_and_certificate_numbers_may_stand_in_a_ground(deciders: Deciders, ground: str) -> None:
    certificate = issue_sun(deciders)
    assert deciders.propose(REVOKE, number_of(certificate), ground=ground).startswith("D")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "请写明要更正的内容"),
        ({"level": "1"}, "level 不能更正"),
        ({"issued_on": "2024-01-01"}, "不能更正"),
        ({"name": "孙建国"}, "无需更正"),
        ({"name": "??"}, "姓名无法使用"),
        ({"name": "孙𡉃"}, "缺字"),
        ({"sex": "女"}, "性别与身份证件号码不一致"),
        ({"sex": "男性"}, "性别请填写"),
        ({"born_on": "1976-05-31"}, "出生日期与身份证件号码不一致"),
        ({"born_on": "1976年"}, "日期请写成"),
        ({"unit_name": " "}, "请填写工作单位"),
        ({"specialty": "专业" * 100}, "排印不下"),
        ({"announcement_on": "2030-01-01"}, "公布日期不能晚于今天"),
        ({"announcement_on": "2023-09-18"}, "不能早于职称的取得日期"),
        ({"committee_code": "NOPE"}, "没有登记"),
        ({"committee_code": "JL-XC-NY"}, "一并更正评委会名称"),
        ({"姓名": "孙达成", "name": "孙达"}, "“姓名”给出了两次"),
        ({"取得时间": "2024-01-01"}, "取得时间 不能更正.*姓名（name）"),
    ],
)
def test_a_correction_is_refused_for(
    quiet: Deciders, regular: PublicCertificate, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(RequestError, match=words):
        quiet.propose(CORRECT, number_of(regular), changes=changes, ground="录入有误")


def test_the_corrected_name_may_not_stand_in_the_ground_either(
    quiet: Deciders, regular: PublicCertificate
) -> None:
    with pytest.raises(RequestError, match="姓名"):
        quiet.propose(CORRECT, number_of(regular), changes={"name": "孙健国"}, ground="应为孙健国")


@pytest.mark.parametrize(
    ("actor", "kind", "error"),
    [
        ("city", SUSPEND, None),
        ("changchun", SUSPEND, "不属于本市"),
        ("county", SUSPEND, "省级或所属市"),
        ("city", REVOKE, "省人力资源和社会保障厅决定"),
        ("changchun", CORRECT, "不属于本市"),
    ],
)
def test_a_city_decides_in_its_own_territory_and_never_revokes(
    deciders: Deciders, actor: str, kind: DecisionKind, error: str | None
) -> None:
    number = number_of(issue_dual(deciders))
    changes = {"specialty": "园艺"} if kind is CORRECT else None
    if error is None:
        proposed = deciders.propose(kind, number, actor, changes=changes)
        assert deciders.office.deciding.confirm(proposed, "city-two").status is DecisionStatus.CONFIRMED
        assert deciders.status(number) == [CertificateStatus.SUSPENDED]
    else:
        with pytest.raises(NotPermitted, match=error):
            deciders.propose(kind, number, actor, changes=changes)


def test_what_the_province_revoked_no_city_reinstates(deciders: Deciders) -> None:
    number = number_of(issue_dual(deciders))
    deciders.decide(REVOKE, number)
    with pytest.raises(NotPermitted, match="决定恢复"):
        deciders.propose(REINSTATE, number, "city")


def test_the_second_person_is_another_one_of_the_same_authority(deciders: Deciders) -> None:
    number = number_of(issue_dual(deciders))
    proposed = deciders.propose(SUSPEND, number)
    for actor, words in (("maker", "同一人"), ("city", "同一部门"), ("watcher", "监督人员")):
        with pytest.raises(NotPermitted, match=words):
            deciders.office.confirm_decision(proposed, actor)
    assert deciders.status(number) == [CertificateStatus.VALID]
    with pytest.raises(NotPermitted, match="提出该决定的部门"):
        deciders.office.deciding.withdraw(proposed, "city")
    with pytest.raises(UnknownReference, match="没有编号"):
        deciders.office.confirm_decision("D000", "checker")


def test_unknown_certificates_cannot_be_decided_over(quiet: Deciders) -> None:
    with pytest.raises(UnknownReference, match="没有编号为"):
        quiet.propose(REVOKE, "2220230510000019")


def test_the_same_proposal_is_one_and_another_open_one_of_its_kind_conflicts(deciders: Deciders) -> None:
    number = number_of(issue_sun(deciders))
    first = deciders.propose(REVOKE, number)
    assert deciders.propose(REVOKE, number, "checker-two") == first
    with pytest.raises(ConflictError, match="等待确认"):
        deciders.propose(REVOKE, number, ground="另一理由")
    assert deciders.propose(SUSPEND, number) != first
    withdrawn = deciders.office.deciding.withdraw(first, "checker-two")
    assert withdrawn.status is DecisionStatus.WITHDRAWN
    assert deciders.office.deciding.withdraw(first, "maker") == withdrawn
    with pytest.raises(ConflictError, match="已撤回"):
        deciders.office.confirm_decision(first, "checker")
    second = deciders.propose(REVOKE, number)
    assert second != first
    confirmed = deciders.office.confirm_decision(second, "checker")
    assert deciders.office.confirm_decision(second, "checker") == confirmed
    assert deciders.propose(REVOKE, number) == second
    with pytest.raises(ConflictError, match="另一位人员确认"):
        deciders.office.confirm_decision(second, "checker-two")
    with pytest.raises(ConflictError, match="不能撤回"):
        deciders.office.deciding.withdraw(second, "maker")


def test_a_proposal_overtaken_by_another_decision_cannot_be_confirmed(deciders: Deciders) -> None:
    number = number_of(issue_sun(deciders))
    correction = deciders.propose(CORRECT, number, changes={"name": "孙健国"}, ground="录入有误")
    deciders.decide(REVOKE, number)
    with pytest.raises(ConflictError, match="目前为“已撤销”，不能作出更正决定"):
        deciders.office.confirm_decision(correction, "checker")
    assert deciders.status(number) == [CertificateStatus.REVOKED]


def test_a_certificate_that_is_not_signed_yet_waits(deciders: Deciders) -> None:
    number = number_of(issue_sun(deciders))
    correction = deciders.propose(CORRECT, number, changes={"name": "孙健国"}, ground="录入有误")
    deciders.office.deciding.confirm(correction, "checker")
    with pytest.raises(ConflictError, match="尚未完成签章"):
        deciders.propose(REVOKE, number)
    deciders.office.catch_up()
    assert deciders.decide(REVOKE, number).proposal.decided_on == date(2024, 6, 3)


def test_a_correction_takes_the_words_of_the_paper_as_well_as_field_names(
    quiet: Deciders, regular: PublicCertificate
) -> None:
    proposed = quiet.propose(
        CORRECT,
        number_of(regular),
        changes={"姓名": "孙达成", "unit_name": "长春市公路管理处"},
        ground="有误",
    )
    stored = quiet.office.deciding.find(proposed)
    assert stored.proposal.changes == {"name": "孙达成", "unit_name": "长春市公路管理处"}
    quiet.office.deciding.withdraw(proposed, "maker")
