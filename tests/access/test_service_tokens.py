"""Registered programs sign one token for one request; whatever is not exactly that is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from certsvc.adapters.jose_algorithms import NamedAlgorithms
from certsvc.adapters.service_token import read_public_key
from certsvc.domain.caller import Purpose, ServiceClient
from certsvc.errors import ConflictError, UnreadableInput
from tests.access.desk import PROGRAM, Desk, register
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES

FILING = (EXAMPLES / DUAL_DIRECTED).read_bytes()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATH = "/api/v1/filings"


@pytest.mark.parametrize("name", [PROGRAM, "downstream"], ids=["Ed25519", "ES256"])
def test_a_program_files_a_batch_and_reads_the_answer(desk: Desk, name: str) -> None:
    program = desk.programs[name]
    answer = desk.call("POST", PATH, program.token(desk.claims(name, FILING)), FILING, XLSX)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == {"total": 8, "admitted": 8, "held": 0, "refused": 0}
    filing = answer.json()["filing"]
    shown = desk.call("GET", f"{PATH}/{filing}", program.token(desk.claims(name, b"")))
    assert shown.json() == answer.json()
    assert (name, "console:filing:submit") in desk.actions(f"filing/{filing}")


def test_the_older_name_of_the_algorithm_is_understood(desk: Desk) -> None:
    program = desk.programs[PROGRAM]
    header = jwt.encode(
        {"alg": "EdDSA"}, desk.claims(PROGRAM, b""), program.key, registry=NamedAlgorithms("EdDSA")
    )
    assert desk.call("GET", f"{PATH}/F000000000000000", header).status_code == 404


Change = Callable[[int], dict[str, Any]]
FAULTS: dict[str, Change] = {
    "another issuer": lambda now: {"iss": "downstream"},
    "an unknown issuer": lambda now: {"iss": "nobody"},
    "an issuer that no database takes": lambda now: {"iss": "a\x00"},
    "another subject": lambda now: {"sub": "downstream"},
    "another audience": lambda now: {"aud": "https://elsewhere.example"},
    "several audiences": lambda now: {"aud": ["http://127.0.0.1:8000", "b"]},
    "no audience": lambda now: {"aud": None},
    "too long a life": lambda now: {"exp": now + 61},
    "no end": lambda now: {"exp": None},
    "over": lambda now: {"iat": now - 60, "exp": now},
    "not begun": lambda now: {"iat": now + 6, "exp": now + 60},
    "no beginning": lambda now: {"iat": None},
    "ends before it begins": lambda now: {"exp": now - 1},
    "a time that is no number": lambda now: {"exp": "soon"},
    "a time that is no whole number": lambda now: {"exp": now + 0.5},
    "a truth value for a time": lambda now: {"iat": True},
    "no number of its own": lambda now: {"jti": None},
    "a short number of its own": lambda now: {"jti": "x" * 15},
    "an endless number of its own": lambda now: {"jti": "x" * 129},
    "no digest of the body": lambda now: {"body_sha256": None},
    "the digest of another body": lambda now: {"body_sha256": "0" * 64},
}


@pytest.mark.parametrize("change", FAULTS.values(), ids=FAULTS.keys())
def test_a_token_that_does_not_hold_is_refused(desk: Desk, change: Change) -> None:
    claims = desk.claims(PROGRAM, FILING, **change(int(desk.clock.now().timestamp())))
    answer = desk.call("POST", PATH, desk.programs[PROGRAM].token(claims), FILING, XLSX)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_is_good_for_one_request(desk: Desk) -> None:
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, FILING))
    assert desk.call("POST", PATH, token, FILING, XLSX).status_code == 200
    assert desk.call("POST", PATH, token, FILING, XLSX).status_code == 401
    assert (PROGRAM, "api:token:admit.refused") in desk.actions(f"POST {PATH}")


def test_a_token_of_an_altered_body_is_refused_and_stays_good_for_its_own(desk: Desk) -> None:
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, FILING))
    assert desk.call("POST", PATH, token, FILING + b"\x00", XLSX).status_code == 401
    assert desk.call("POST", PATH, token, FILING, XLSX).status_code == 200


def test_tokens_signed_by_another_key_are_refused(desk: Desk) -> None:
    claims = desk.claims(PROGRAM, FILING)
    program = desk.programs[PROGRAM]
    public_key = program.key.as_pem(private=False)
    forged = {
        "another Ed25519 key": program.token(claims, key=OKPKey.generate_key("Ed25519")),
        "a P-256 key": program.token(claims, algorithm="ES256", key=ECKey.generate_key("P-256")),
        "the public key as a secret": program.token(
            claims, algorithm="HS256", key=OctKey.import_key(public_key.hex())
        ),
        "no signature": program.token(claims).rpartition(".")[0] + ".",
        "no token": "x",
        "endless": "x" * 5000,
        "not ASCII": "é",
    }
    for what, token in forged.items():
        headers = {"Authorization": f"Bearer {token}".encode("latin-1"), "Content-Type": XLSX}
        with desk.visitor() as client:
            assert client.post(PATH, content=FILING, headers=headers).status_code == 401, what


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Bearer", "token"])
def test_other_kinds_of_authorization_are_refused(desk: Desk, header: str) -> None:
    with desk.visitor() as client:
        answer = client.post(PATH, content=FILING, headers={"Authorization": header, "Content-Type": XLSX})
    assert answer.status_code == 401


def test_a_program_neither_approves_nor_issues_nor_decides(desk: Desk) -> None:
    program = desk.programs[PROGRAM]
    filing = desk.call("POST", PATH, program.token(desk.claims(PROGRAM, FILING)), FILING, XLSX).json()[
        "filing"
    ]
    for step in ("approval", "issue"):
        answer = desk.call("POST", f"{PATH}/{filing}/{step}", program.token(desk.claims(PROGRAM, b"")))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    assert {(PROGRAM, "console:filing:approve.refused"), (PROGRAM, "console:filing:issue.refused")} <= set(
        desk.actions(f"filing/{filing}")
    )


def test_a_removed_program_is_refused(desk: Desk) -> None:
    program = register(desk, "short-lived", ed25519.Ed25519PrivateKey.generate())
    path = f"{PATH}/F000000000000000"
    assert desk.call("GET", path, program.token(desk.claims("short-lived", b""))).status_code == 404
    desk.office.office.clients.remove_client("short-lived", desk.clock.now())
    assert desk.call("GET", path, program.token(desk.claims("short-lived", b""))).status_code == 401
    assert [action for _, action in desk.actions("client/short-lived")] == [
        "machine:client:add",
        "machine:client:remove",
    ]


def test_a_registered_name_keeps_its_key(desk: Desk) -> None:
    clients = desk.office.office.clients
    known = clients.find_client(PROGRAM)
    assert known is not None
    clients.register_client(known, desk.clock.now())
    other = ServiceClient(PROGRAM, b"another", frozenset({Purpose.FILING}))
    with pytest.raises(ConflictError):
        clients.register_client(other, desk.clock.now())


def test_only_public_keys_of_two_kinds_are_registered() -> None:
    def pem(key: Any) -> bytes:
        return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    assert read_public_key(pem(ed25519.Ed25519PrivateKey.generate())).startswith(b"-----BEGIN PUBLIC KEY")
    assert read_public_key(pem(ec.generate_private_key(ec.SECP256R1())))
    for raw in (
        b"",
        b"no key",
        pem(rsa.generate_private_key(65537, 2048)),
        pem(ec.generate_private_key(ec.SECP384R1())),
    ):
        with pytest.raises(UnreadableInput):
            read_public_key(raw)
