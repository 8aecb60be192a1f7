"""Whoever checks hears one sentence when nothing can be signed; why not is told to the operator's log alone."""

from __future__ import annotations

import pytest

from certsvc.adapters.signers import HeldDocumentSigner
from certsvc.errors import (
    CertsvcError,
    ConfigurationError,
    KeyNotInForce,
    KeysChangedError,
    SignerRefused,
    UnavailableError,
    UnknownReference,
)
from tests.api.asking import PublicOffice, qr_text

SENTENCE = "核验报告暂时不能出具，请稍后再试；核验不受影响。"
OPERATORS = "请核对 CERTSVC_SIGNER_TOKEN_FILE 后重试。"


@pytest.mark.parametrize(
    "error",
    [
        SignerRefused,
        UnavailableError,
        KeyNotInForce,
        ConfigurationError,
        KeysChangedError,
        UnknownReference,
    ],
)
def test_a_report_that_cannot_be_signed_is_503_with_one_sentence(
    shared: PublicOffice,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[CertsvcError],
) -> None:
    def refuse(_signer: HeldDocumentSigner, _message: bytes) -> bytes:
        raise error(OPERATORS)

    question = {"qr": qr_text(shared.regular[0])}
    with monkeypatch.context() as patched:
        patched.setattr(HeldDocumentSigner, "sign", refuse)
        answer = shared.client.post("/api/v1/report", json=question)
        assert shared.verify(question)["verdict"] == "passed"
    told = answer.json()
    assert (answer.status_code, told["code"], told["detail"]) == (503, "unavailable", SENTENCE)
    assert "CERTSVC" not in answer.text
    assert any(error.code in line and OPERATORS in line for line in caplog.messages)
    assert shared.client.post("/api/v1/report", json=question).status_code == 200
