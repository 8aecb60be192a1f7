"""The application system in the tests: registered for eligibility, asking over HTTP, checking what is signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc.jwk import OKPKey

from certsvc.domain.caller import Purpose, ServiceClient
from tests.access.desk import Desk, Program

APPLICATION_SYSTEM = "application-system"
PATH = "/api/v1/eligibility"


@dataclass(frozen=True)
class Answered:
    """The answer, its exact bytes and the question's."""

    told: dict[str, Any]
    body: bytes
    signature: str
    raw_question: bytes


def register_application_system(desk: Desk) -> Program:
    """Register the program for eligibility alone."""
    key = Ed25519PrivateKey.generate()
    public_key = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    client = ServiceClient(APPLICATION_SYSTEM, public_key, frozenset({Purpose.ELIGIBILITY}))
    desk.office.office.clients.register_client(client, desk.clock.now())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    desk.programs[APPLICATION_SYSTEM] = Program(APPLICATION_SYSTEM, OKPKey.import_key(pem), "Ed25519")
    return desk.programs[APPLICATION_SYSTEM]


def question(person: Mapping[str, Any], **changed: Any) -> bytes:
    """A question about a person of the workbooks, for agriculture by the regular way unless changed."""
    asked = {
        "id_kind": "居民身份证",
        "id_number": person["证件号码"],
        "name": person["姓名"],
        "series": "农业技术人员",
        "level": "正高级",
        "way": "常规评审",
        "applied_on": date(2026, 3, 1),
    } | changed
    return json.dumps(asked, ensure_ascii=False, default=lambda day: day.isoformat()).encode()


def send(desk: Desk, raw: bytes, name: str = APPLICATION_SYSTEM) -> httpx.Response:
    """Send a question as a program."""
    return desk.call("POST", PATH, desk.programs[name].token(desk.claims(name, raw)), raw)


def ask(desk: Desk, person: Mapping[str, Any], **changed: Any) -> Answered:
    """Ask as the application system; the answer must come."""
    raw = question(person, **changed)
    answer = send(desk, raw)
    assert answer.status_code == 200, answer.text
    return Answered(answer.json(), answer.content, answer.headers["X-JWS-Signature"], raw)
