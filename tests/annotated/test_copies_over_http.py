"""A holder has copies made for one recipient and one purpose; they check as such until they end."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from certverify import check_pdf, check_record, load_trust, open_ledger
from certverify.document import check_document
from pypdf import PdfReader
from sqlalchemy import delete, select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.copy_schema import annotated_copy
from certsvc.adapters.document.writer import PageWriter
from certsvc.adapters.signers import HeldDocumentSigner
from certsvc.bootstrap.copies import COPY_LAYOUT
from certsvc.bootstrap.parts import LAYOUTS
from certsvc.domain.caller import OPERATOR
from certsvc.domain.page_face import certificate_page
from certsvc.errors import SignerRefused
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import record_text
from certsvc.stages.annotated_copies import CopyWish
from certsvc.stages.copy_face import compose_copy
from certsvc.stages.face import compose_face
from certsvc.stages.share_grants import Holder
from tests.annotated.desk import PATH, CopyDesk
from tests.document.attacks.forging import rewritten

STRANGER = {"name": "王莉", "id_number": "229905198307160444"}


def off_line(copies: CopyDesk, raw_pdf: bytes) -> dict[str, Any]:
    folder = copies.office.settings.public_folder
    trust = load_trust(folder)
    return check_pdf(raw_pdf, trust, open_ledger(folder, trust), copies.desk.clock.now()).as_json()


def on_line(copies: CopyDesk, raw_pdf: bytes) -> dict[str, Any]:
    return copies.office.verification.check_document(raw_pdf).as_json()


def record_text_of(copies: CopyDesk, raw_pdf: bytes) -> str:
    checked = check_document(raw_pdf, load_trust(copies.office.settings.public_folder).trust_list)
    assert (checked.layout, checked.code) == ("annotated-copy/v1", "document-original")
    assert checked.record_text is not None
    return checked.record_text


def codes(verdict: dict[str, Any]) -> list[str]:
    ignored = {"test-environment", "no-witnesses"}
    return [one["code"] for one in verdict["findings"] if one["code"] not in ignored]


def test_a_copy_says_for_whom_it_is_and_checks_as_such_on_and_off_line(copies: CopyDesk) -> None:
    made = copies.make().json()
    assert (made["standing"], made["standing_label"], made["ready"]) == ("live", "可使用", True)
    raw_pdf = copies.document(made["copy"])
    for verdict in (off_line(copies, raw_pdf), on_line(copies, raw_pdf)):
        assert (verdict["verdict"], verdict["status"], codes(verdict)) == (
            "passed",
            "valid",
            ["annotated-copy"],
        )
        assert verdict["annotation"] == {
            "id": made["copy"],
            "recipient": "长春市第一建筑公司",
            "purpose": "投标",
            "ends_on": copies.day(30).isoformat(),
            "ended": False,
        }
        assert verdict["certificate"]["number"] == copies.number
    assert copies.document(made["copy"]) == raw_pdf
    assert copies.desk.actions(f"annotated-copy/{made['copy']}") == [("portal", "portal:copy:make")]
    looks = select(personal_look.c.viewer, personal_look.c.purpose).where(
        personal_look.c.object == made["copy"]
    )
    with copies.office.engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(looks)] == [("portal", "下载加注件")] * 2


def test_a_copy_shows_its_words_and_masks_the_id_number(copies: CopyDesk) -> None:
    made = copies.make().json()
    text = PdfReader(io.BytesIO(copies.document(made["copy"]))).pages[0].extract_text()
    last = copies.day(30)
    ends_on = f"{last.year}年{last.month}月{last.day}日"
    for words in ("加注件", "长春市第一建筑公司", "投标", ends_on, made["copy"], copies.number):
        assert words in text
    assert copies.holder["id_number"] not in text


def test_the_same_request_makes_one_copy_and_another_wish_under_it_is_refused(copies: CopyDesk) -> None:
    first = copies.make()
    assert copies.make().json() == first.json()
    refused = copies.make(purpose="岗位聘用")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "请求号" in refused.json()["detail"]
    assert [one["copy"] for one in copies.own("/list").json()["copies"]] == [first.json()["copy"]]


def test_three_copies_are_live_at_a_time(copies: CopyDesk) -> None:
    made = [
        copies.make(request=f"request-{n:04}", ends_on=copies.day(3 + n).isoformat()).json() for n in range(3)
    ]
    first = copies.day(3)
    refused = copies.make(request="request-0009")
    assert refused.status_code == 409
    assert "最多可有 3 份" in refused.json()["detail"]
    assert f"最早的一份{first.year}年{first.month}月{first.day}日到期" in refused.json()["detail"]
    copies.own(f"/{made[1]['copy']}/withdrawal")
    assert copies.make(request="request-0009").status_code == 200
    assert copies.make(request="request-0010").status_code == 409
    copies.desk.clock.advance(timedelta(days=4))
    assert copies.make(request="request-0010").status_code == 200


def test_an_ended_copy_fails_and_says_how_its_certificate_stands(copies: CopyDesk) -> None:
    made = copies.make(ends_on=copies.day(0).isoformat()).json()
    raw_pdf = copies.document(made["copy"])
    copies.desk.clock.advance(timedelta(days=1))
    copies.office.republish()
    for verdict in (off_line(copies, raw_pdf), on_line(copies, raw_pdf)):
        assert (verdict["verdict"], verdict["authentic"], verdict["status"]) == ("failed", "yes", "valid")
        assert codes(verdict) == ["copy-ended"]
        assert verdict["annotation"]["ended"] is True
    (listed,) = copies.own("/list").json()["copies"]
    assert (listed["standing"], listed["standing_label"]) == ("ended", "已到期")
    refused = copies.own(f"/{made['copy']}/document")
    assert refused.status_code == 409
    assert "已到期" in refused.json()["detail"]


def test_a_withdrawn_copy_fails_on_line_and_stays_as_it_is_in_files(copies: CopyDesk) -> None:
    made = copies.make().json()
    raw_pdf = copies.document(made["copy"])
    withdrawn = copies.own(f"/{made['copy']}/withdrawal").json()
    assert withdrawn["standing"] == "withdrawn"
    copies.desk.clock.advance(timedelta(minutes=5))
    assert copies.own(f"/{made['copy']}/withdrawal").json() == withdrawn
    told = on_line(copies, raw_pdf)
    assert (told["verdict"], told["status"], codes(told)) == ("failed", "valid", ["copy-withdrawn"])
    assert off_line(copies, raw_pdf)["verdict"] == "passed"
    assert copies.own(f"/{made['copy']}/document").status_code == 409
    actions = copies.desk.actions(f"annotated-copy/{made['copy']}")
    assert actions == [("portal", "portal:copy:make"), ("portal", "portal:copy:withdraw")]


def test_a_revocation_of_the_certificate_comes_before_its_copies(copies: CopyDesk) -> None:
    raw_pdf = copies.document(copies.make().json()["copy"])
    copies.revoke()
    for verdict in (off_line(copies, raw_pdf), on_line(copies, raw_pdf)):
        assert (verdict["verdict"], verdict["status"]) == ("failed", "revoked")
        assert codes(verdict) == ["revoked", "annotated-copy"]
    refused = copies.make(request="request-0002")
    assert refused.status_code == 409
    assert "“已撤销”，不能办理加注件" in refused.json()["detail"]


def test_a_correction_gives_new_copies_room_and_ends_the_use_of_older_ones(copies: CopyDesk) -> None:
    made = [copies.make(request=f"request-{n:04}").json()["copy"] for n in range(3)]
    copies.correct("更名人")
    renamed = copies.holder | {"name": "更名人"}
    listed = copies.own("/list", holder=renamed).json()["copies"]
    assert {one["copy"]: one["standing"] for one in listed} == dict.fromkeys(made, "not-in-force")
    refused = copies.own(f"/{made[0]}/document", holder=renamed)
    assert refused.status_code == 409
    assert "“已换发”，加注件不能再下载" in refused.json()["detail"]
    for n in range(3, 6):
        again = copies.make(request=f"request-{n:04}", holder=renamed)
        assert (again.status_code, again.json()["version"]) == (200, 2), again.text
    assert copies.make(request="request-0006", holder=renamed).status_code == 409


def test_a_copy_of_a_revoked_certificate_is_not_given_any_more(copies: CopyDesk) -> None:
    made = copies.make().json()["copy"]
    copies.revoke()
    refused = copies.own(f"/{made}/document")
    assert refused.status_code == 409
    assert "“已撤销”，加注件不能再下载" in refused.json()["detail"]
    assert copies.own("/list").json()["copies"][0]["standing"] == "not-in-force"


def test_number_and_name_of_the_holder_must_both_agree(copies: CopyDesk) -> None:
    made = copies.make().json()["copy"]
    other_name = copies.holder | {"name": "王莉"}
    assert copies.own("/list", holder=other_name).json() == {"copies": []}
    assert copies.own(f"/{made}/document", holder=other_name).status_code == 404
    assert copies.own(f"/{made}/withdrawal", holder=other_name).status_code == 404
    spaced = copies.holder | {"name": " ".join(copies.holder["name"])}
    assert [one["copy"] for one in copies.own("/list", holder=spaced).json()["copies"]] == [made]


def test_the_public_face_answers_to_symbol_and_manual_code_of_a_copy(copies: CopyDesk) -> None:
    made = copies.make().json()
    text = record_text_of(copies, copies.document(made["copy"]))
    with copies.desk.visitor() as anybody:
        verdict = anybody.post("/api/v1/verify", json={"qr": text}).json()
    folder, now = copies.office.settings.public_folder, copies.desk.clock.now()
    trust = load_trust(folder)
    own = check_record(text, trust, open_ledger(folder, trust), now, None, timedelta(hours=1)).as_json()
    assert (verdict["annotation"]["id"], verdict["findings"]) == (made["copy"], own["findings"])
    record = copies.office.copies.store.record(made["copy"])
    assert record is not None
    assert copies.office.codes.check(manual_code(record).replace("-", "")).as_json() == verdict


def test_a_copy_opens_no_proofs(copies: CopyDesk) -> None:
    text = record_text_of(copies, copies.document(copies.make().json()["copy"]))
    assert copies.office.verification.identify_qr(text) is None


def test_a_copy_that_the_register_lost_is_left_open(copies: CopyDesk) -> None:
    raw_pdf = copies.document(copies.make().json()["copy"])
    with copies.office.engine.begin() as connection:
        connection.execute(delete(annotated_copy))
    verdict = on_line(copies, raw_pdf)
    assert (verdict["verdict"], codes(verdict)) == ("undetermined", ["copy-unknown"])
    assert "copy-unknown" in verdict["not_established"]


def test_a_document_of_one_kind_with_the_record_of_another_was_altered(copies: CopyDesk) -> None:
    office, content = copies.office, copies.certificate.draft.content
    copy = office.copies.make(
        Holder(**copies.holder),
        CopyWish(copies.number, "某公司", "投标", copies.day(3), "request-0001"),
        OPERATOR,
    )
    copied, own = office.copies.store.record(copy.id), copies.certificate.record
    assert copied is not None
    style = office.style
    certificate = certificate_page(
        compose_face(
            content,
            style,
            qr_text=record_text(copied, style.qr_prefix),
            manual_code=manual_code(copied),
        ),
        attachment=b"{}",
    )
    annotated = compose_copy(
        content, copy, style, qr_text=record_text(own, style.qr_prefix), manual_code=manual_code(own)
    )
    for layout, page in ((LAYOUTS[0], certificate), (COPY_LAYOUT, annotated)):
        writer = PageWriter(office.layout_of(layout), office.keys.document)
        raw_pdf = writer.write(page, copies.desk.clock.now())
        for verdict in (off_line(copies, raw_pdf), on_line(copies, raw_pdf)):
            assert (verdict["verdict"], verdict["authentic"]) == ("failed", "no"), layout
            assert codes(verdict)[0] == "document-altered", layout
            assert (verdict["certificate"], verdict["annotation"]) == (None, None)


def test_a_copy_is_compared_with_its_terms_and_must_be_the_registered_file(copies: CopyDesk) -> None:
    office = copies.office
    made = copies.make().json()["copy"]
    raw_pdf = copies.document(made)
    rows = {row["field"]: row for row in on_line(copies, raw_pdf)["comparison"]}
    assert (rows["recipient"]["printed"], rows["purpose"]["printed"]) == ("长春市第一建筑公司", "投标")
    assert all(rows[field]["agrees"] for field in ("recipient", "purpose", "ends_on", "manual_code"))
    text = record_text_of(copies, raw_pdf)
    copy = office.copies.store.find(made)
    assert copy is not None
    page = compose_copy(
        copies.certificate.draft.content,
        copy,
        office.style,
        qr_text=text,
        manual_code=rows["manual_code"]["signed"],
    )
    reprinted = replace(page, texts={**page.texts, "recipient": "别的单位"})
    writer = PageWriter(office.layout_of(COPY_LAYOUT), office.keys.document)
    thieves = writer.write(reprinted, copies.desk.clock.now())
    assert codes(on_line(copies, thieves))[0] == "document-unregistered"
    saved_again = off_line(copies, rewritten(thieves))
    wrong = [row["field"] for row in saved_again["comparison"] if row["agrees"] is False]
    assert (wrong, "printed-differs" in codes(saved_again)) == (["recipient"], True)


def test_a_copy_is_refused_with_what_to_do_instead(copies: CopyDesk) -> None:
    today, last = copies.day(0), copies.day(90)
    table: list[tuple[dict[str, Any], int, str]] = [
        ({"recipient": " "}, 400, "请填写接收单位"),
        ({"recipient": "长" * 31}, 400, "接收单位不能超过 30 个字"),
        ({"purpose": "用" * 21}, 400, "用途不能超过 20 个字"),
        ({"recipient": "甲\u202e乙"}, 400, "无法显示的字符"),
        ({"recipient": "某单位 22990119900101001X"}, 400, "不要写身份证件号码"),
        ({"recipient": "某𪛗公司"}, 400, "“𪛗”暂时无法印制（字库缺字）"),
        (
            {"ends_on": copies.day(-1).isoformat()},
            400,
            f"不能早于今天（{today.year}年{today.month}月{today.day}日）",
        ),
        (
            {"ends_on": copies.day(91).isoformat()},
            400,
            f"最长 90 天，到期日最晚为{last.year}年{last.month}月{last.day}日",
        ),
        ({"ends_on": "2024-02-30"}, 422, ""),
        ({"request": "short"}, 422, ""),
        ({"number": "222023052000017X"}, 404, "没有与持证人相符的证书"),
        ({"holder": STRANGER}, 404, "没有与持证人相符的证书"),
    ]
    for given, status, words in table:
        refused = copies.make(**given)
        assert refused.status_code == status, given
        assert words in refused.json().get("detail", ""), given
    assert copies.own("/list").json()["copies"] == []
    longest = copies.make(ends_on=last.isoformat(), recipient="长" * 30, purpose="用" * 20)
    assert longest.status_code == 200, longest.text


def test_only_the_portal_asks_and_only_for_the_holders_own(copies: CopyDesk) -> None:
    made = copies.make().json()["copy"]
    assert copies.own(f"/{made}/document", holder=STRANGER).status_code == 404
    assert copies.own(f"/{made}/withdrawal", holder=STRANGER).status_code == 404
    assert copies.own("/list", holder=STRANGER).json() == {"copies": []}
    assert copies.ask("/list", {"holder": copies.holder}, "upstream").status_code == 403
    with copies.desk.sign_in("maker") as official:
        assert official.post(f"{PATH}/list", json={"holder": copies.holder}).status_code == 403


def test_a_copy_that_cannot_be_signed_waits_and_the_holder_hears_one_sentence(
    copies: CopyDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_signer: HeldDocumentSigner, _message: bytes) -> bytes:
        raise SignerRefused("请核对令牌文件。")

    with monkeypatch.context() as patched:
        patched.setattr(HeldDocumentSigner, "sign", refuse)
        answers = [copies.make()]
        (waiting,) = copies.own("/list").json()["copies"]
        answers.append(copies.own(f"/{waiting['copy']}/document"))
        copies.office.copies.work(lambda: False)
    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["detail"] == "加注件暂时不能出具，请稍后再试；核验不受影响。"
    assert any("signer-refused" in line and "令牌文件" in line for line in caplog.messages)
    assert f"annotated copy {waiting['copy']} waits (signer-refused): 请核对令牌文件。" in caplog.messages
    copies.office.copies.work(lambda: False)
    assert copies.make().json()["ready"]
