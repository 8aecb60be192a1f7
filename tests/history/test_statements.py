"""Statements of historical records: the words of the papers on a signed page that leads to the answer of its reader's day."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from certsvc.adapters.database_copy import copy_database
from certsvc.adapters.signers import HeldDocumentSigner
from certsvc.adapters.statement_schema import historical_statement
from certsvc.adapters.statement_store import DatabaseStatementStore
from certsvc.domain.caller import OPERATOR, nobody
from certsvc.errors import ConflictError, SignerRefused, UnavailableError, UnknownReference
from certsvc.stages.share_grants import Holder
from tests.history.papers import ZHOU
from tests.history.statement_desk import DEATHS, Paper, StatementDesk, code_of, page_text, symbol_of
from tests.support.workbooks import REGULAR, sample

UNPRINTABLE = "\U0002ebf0"


def codes(verdict: dict[str, object]) -> list[str]:
    findings = verdict["findings"]
    assert isinstance(findings, list)
    ignored = {"test-environment", "no-witnesses"}
    return [one["code"] for one in findings if one["code"] not in ignored]


def written_down(desk: StatementDesk, paper: Paper) -> int:
    wanted = (
        select(func.count())
        .select_from(historical_statement)
        .where(historical_statement.c.reference == paper.reference)
    )
    with desk.archive.office.engine.begin() as connection:
        return int(connection.execute(wanted).scalar_one())


def test_a_statement_has_the_words_of_the_papers_and_says_that_it_is_no_award(desk: StatementDesk) -> None:
    paper = desk.paper(原评审委员会=None, 公布文号="吉职改办字〔1998〕12号")
    text = page_text(paper.stated())
    for words in (
        "职称历史数据说明",
        "周铭",
        paper.id_number[-4:],
        "中学高级教师",
        "1998年6月",
        paper.row["原证书编号"],
        "原评审委员会未载",
        "吉林省职称改革领导小组办公室",
        "吉职改办字〔1998〕12号",
        "A级：文件和名单影像齐全",
        paper.reference,
        "第1版",
        "不是新颁发的职称证书",
    ):
        assert words in text
    assert paper.id_number not in text


def test_a_statement_checks_as_historical_on_line_and_off_line_by_file_symbol_and_code(
    desk: StatementDesk,
) -> None:
    paper = desk.paper()
    raw_pdf = paper.stated()
    symbol = symbol_of(raw_pdf)
    by_code = desk.archive.office.codes.check(code_of(raw_pdf)).as_json()
    verdicts = [
        desk.on_line(raw_pdf),
        desk.off_line(raw_pdf),
        desk.on_line_record(symbol),
        desk.off_line_record(symbol),
        by_code,
    ]
    for verdict in verdicts:
        assert (verdict["verdict"], verdict["status"]) == ("passed", "historical")
        assert codes(verdict) == ["historical"]
        assert verdict["historical"]["reference"] == paper.reference
        assert (verdict["certificate"], verdict["holder"]) == (None, "周*")


def test_the_same_version_has_the_same_bytes_however_and_whenever_it_is_asked_for(
    desk: StatementDesk,
) -> None:
    paper = desk.paper()
    first = paper.stated()
    day = desk.clock.today()
    desk.clock.advance(timedelta(days=1))
    desk.archive.office.republish()
    holder = Holder("周铭", paper.id_number)
    portal = desk.archive.office.statements.for_holder(holder, paper.row["原证书编号"], OPERATOR)
    assert paper.stated(number=paper.row["原证书编号"]) == paper.at_office() == portal.document == first
    assert f"{day.year}年{day.month}月{day.day}日" in page_text(first)
    assert written_down(desk, paper) == 1
    assert paper.looks() == [
        ("api", "public", "历史数据说明"),
        ("api", "operator", "历史数据说明"),
        ("api", "public", "历史数据说明"),
        ("cli", "operator", "历史数据说明"),
    ]


def test_after_the_revocation_the_old_statement_says_revoked_at_once_and_there_is_no_new_one(
    desk: StatementDesk,
) -> None:
    paper = desk.paper()
    raw_pdf = paper.stated()
    paper.revoke()
    for verdict in (
        desk.on_line_record(symbol_of(raw_pdf)),
        desk.off_line_record(symbol_of(raw_pdf)),
        desk.on_line(raw_pdf),
        desk.off_line(raw_pdf),
    ):
        assert (verdict["verdict"], verdict["status"]) == ("failed", "revoked")
    for ask in (paper.stated, paper.at_office):
        with pytest.raises(ConflictError, match="已撤销（吉人社撤〔2026〕9号）"):
            ask()


def test_a_corrected_version_is_told_by_what_it_is_replaced_and_the_new_one_has_its_own(
    desk: StatementDesk,
) -> None:
    paper = desk.paper()
    old = paper.stated()
    paper.correct(姓名="周明", 取得时间="1997-12-20")
    verdict = desk.on_line(old)
    assert (verdict["status"], verdict["replaced_by"]) == ("superseded", 2)
    with pytest.raises(ConflictError, match="第1版已更正，由第2版替换"):
        paper.stated()
    new = paper.stated(name="周明")
    assert paper.at_office() == new
    text = page_text(new)
    assert "1997-12-20" in text
    assert "第2版" in text
    assert desk.off_line(new)["verdict"] == "passed"


def test_while_a_record_is_disputed_nothing_is_stated(desk: StatementDesk) -> None:
    paper = desk.paper()
    first = paper.stated()
    records = desk.archive.office.history.records
    records.dispute(paper.reference, "本人称取得时间应为1997年", desk.archive.caller("maker"))
    with pytest.raises(ConflictError, match="有异议，正在核实"):
        paper.stated()
    records.settle(paper.reference, "经查档案，维持原记录", desk.archive.caller("second"))
    assert paper.stated() == first


def test_a_claim_of_grade_c_and_a_record_that_waits_have_no_statement(desk: StatementDesk) -> None:
    paper = desk.paper(材料质量="C", 公布文号=None, 档案编号=None)
    with pytest.raises(ConflictError, match="材料质量为C级（仅有个人证件）"):
        paper.at_office()
    statements = desk.archive.office.statements
    with pytest.raises(ConflictError, match="C级"):
        statements.for_holder(Holder("周铭", paper.id_number), paper.reference, OPERATOR)
    with pytest.raises(UnknownReference):
        paper.stated()
    imported = desk.archive.bring_in(ZHOU | {"原职称名称": "中学一级教师"})
    (waiting,) = desk.archive.references(imported.import_id)
    with pytest.raises(ConflictError, match="尚未公布"):
        statements.at_office(waiting, OPERATOR)
    assert written_down(desk, paper) == 0
    assert paper.looks() == []


def test_what_does_not_agree_has_one_answer_and_leaves_nothing_behind(desk: StatementDesk) -> None:
    paper = desk.paper()
    wrong = (
        {"name": "周明"},
        {"id_last4": "0000"},
        {"number": "H000000000000000"},
        {"number": "222023052000001R"},
        {"number": "吉中高字999999"},
    )
    told = set()
    for changed in wrong:
        with pytest.raises(UnknownReference) as refused:
            paper.stated(**changed)
        told.add(str(refused.value))
    assert len(told) == 1
    stranger = Holder("周铭", "229901196203129999")
    with pytest.raises(UnknownReference, match="没有与持证人相符的历史数据"):
        desk.archive.office.statements.for_holder(stranger, paper.reference, nobody("portal"))
    assert (written_down(desk, paper), paper.looks()) == (0, [])


def test_a_character_without_a_glyph_is_named_with_its_column(desk: StatementDesk) -> None:
    paper = desk.paper(原评审委员会=f"吉林省{UNPRINTABLE}字职务评审委员会")
    with pytest.raises(ConflictError, match=f"“原评审委员会”中的“{UNPRINTABLE}”暂时无法印制"):
        paper.stated()
    assert written_down(desk, paper) == 0


def test_words_that_no_symbol_holds_are_refused_with_their_column(desk: StatementDesk) -> None:
    paper = desk.paper(原职称级别="高" * 21)
    with pytest.raises(ConflictError, match="“原职称级别”超过20个字"):
        paper.stated()
    assert written_down(desk, paper) == 0


class Gone(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("death", DEATHS)
def test_what_was_left_at_any_point_is_finished_by_the_next_question(
    desk: StatementDesk, death: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.paper()

    def gone(*_given: object) -> None:
        raise Gone

    monkeypatch.setattr(*DEATHS[death], gone)
    with pytest.raises(Gone):
        paper.stated()
    monkeypatch.undo()
    assert_finished_by_the_next_question(desk, paper)


def test_what_a_killed_process_left_is_finished_by_the_next_question(desk: StatementDesk) -> None:
    paper = desk.paper()
    paper.die("before the document is noted")
    assert_finished_by_the_next_question(desk, paper)


def assert_finished_by_the_next_question(desk: StatementDesk, paper: Paper) -> None:
    assert (written_down(desk, paper), paper.looks()) == (1, [])
    day = desk.clock.today()
    desk.clock.advance(timedelta(days=1))
    desk.archive.office.republish()
    raw_pdf = paper.stated()
    assert f"{day.year}年{day.month}月{day.day}日" in page_text(raw_pdf)
    assert paper.stated() == raw_pdf
    assert desk.on_line(raw_pdf)["verdict"] == "passed"


def test_a_sealed_statement_that_is_not_the_registered_file_is_refused_on_line(desk: StatementDesk) -> None:
    paper = desk.paper()
    raw_pdf = paper.stated()
    own = historical_statement.c.reference == paper.reference
    with desk.archive.office.engine.begin() as connection:
        connection.execute(update(historical_statement).where(own).values(document_sha256="0" * 64))
    verdict = desk.on_line(raw_pdf)
    assert (verdict["verdict"], verdict["authentic"], codes(verdict)[0]) == (
        "failed",
        "no",
        "document-unregistered",
    )
    assert desk.off_line(raw_pdf)["authentic"] == "yes"


def test_backups_keep_statements_with_their_digests(desk: StatementDesk, tmp_path: Path) -> None:
    paper = desk.paper()
    raw_pdf = paper.stated()
    url = desk.archive.office.settings.effective_database_url
    with copy_database(url, tmp_path) as copy, closing(copy.documents()) as documents:
        kept = {(one.number, one.version): one.sha256 for one in documents}
    assert kept[paper.reference, 1] == sha256(raw_pdf).hexdigest()


def test_the_number_of_a_certificate_names_no_record(desk: StatementDesk) -> None:
    office = desk.archive.under_test
    batch = sample(REGULAR)
    (issued,) = office.issue(office.submit(batch.with_rows(batch.rows[:1]).xlsx()))
    content = issued.draft.content
    with pytest.raises(UnknownReference):
        desk.archive.office.statements.at_office(content.number, OPERATOR)


def test_a_statement_that_cannot_be_signed_waits_with_one_sentence_for_the_public(
    desk: StatementDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    paper = desk.paper()

    def refuse(_signer: HeldDocumentSigner, _message: bytes) -> bytes:
        raise SignerRefused("请核对令牌文件。")

    with monkeypatch.context() as patched:
        patched.setattr(HeldDocumentSigner, "sign", refuse)
        with pytest.raises(UnavailableError) as public:
            paper.stated()
        with pytest.raises(SignerRefused, match="令牌文件"):
            paper.at_office()
    assert str(public.value) == "历史数据说明暂时不能出具，请稍后再试；核验不受影响。"
    assert any("signer-refused" in line and "令牌文件" in line for line in caplog.messages)
    assert paper.stated() == paper.at_office()


def test_a_revocation_while_the_statement_is_made_keeps_it_back(
    desk: StatementDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = desk.paper()
    finish = DatabaseStatementStore.finish

    def revoked_meanwhile(store: DatabaseStatementStore, *given: object) -> None:
        finish(store, *given)  # type: ignore[arg-type]
        paper.revoke()

    monkeypatch.setattr(DatabaseStatementStore, "finish", revoked_meanwhile)
    with pytest.raises(ConflictError, match="已撤销"):
        paper.stated()
    assert paper.looks() == []
