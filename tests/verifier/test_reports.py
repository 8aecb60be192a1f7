"""The report in words: what somebody at a terminal reads of a title that ended."""

from __future__ import annotations

import pytest
from certverify import Code, Verdict
from certverify.report import Language, render
from certverify.verdict import Authentic, Decision, StatusWord, finding

DECISION = Decision("吉人社职效〔2024〕1号", "2024-04-10", "未按规定程序开展评审", "2023-10-07")
ENDED = {
    StatusWord.REVOKED: (Code.REVOKED, "撤销", "撤销"),
    StatusWord.WRITTEN_OFF: (Code.WRITTEN_OFF, "核销", "因个人原因终止援助服务工作"),
    StatusWord.VOIDED: (Code.VOIDED, "无效", "自取得之日起无效，视为从未取得"),
}


def verdict_on(status: StatusWord, decision: Decision | None) -> Verdict:
    code = ENDED[status][0]
    return Verdict(authentic=Authentic.YES, status=status, findings=(finding(code),), decision=decision)


@pytest.mark.parametrize("status", ENDED)
def test_each_ending_is_told_in_its_own_words_with_its_decision(status: StatusWord) -> None:
    _, word, reason = ENDED[status]
    told = render(verdict_on(status, DECISION), Language.ZH)
    assert told.startswith("核验结果：未通过核验\n")
    assert f"证书状态：{word}" in told
    assert reason in told
    assert "决定：吉人社职效〔2024〕1号　决定日期：2024-04-10　自 2023-10-07 起算" in told
    assert "理由：未按规定程序开展评审" in told
    english = render(verdict_on(status, DECISION), Language.EN)
    assert "Decision: 吉人社职效〔2024〕1号, of 2024-04-10, counting from 2023-10-07" in english


@pytest.mark.parametrize("status", ENDED)
def test_without_network_it_is_said_where_the_decision_can_be_learnt(status: StatusWord) -> None:
    verdict = verdict_on(status, None)
    assert "请在线核验或向发证机关查询" in render(verdict, Language.ZH)
    assert "verify on line or ask the authority" in render(verdict, Language.EN)


def test_a_valid_title_has_no_line_about_decisions() -> None:
    valid = Verdict(authentic=Authentic.YES, status=StatusWord.VALID)
    assert "决定" not in render(valid, Language.ZH)
    assert "ecision" not in render(valid, Language.EN)
