"""Both working faces of one office, asked in process: no server, no browser, a caller of every kind with their session."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from joserfc import jwt
from joserfc.jwk import OKPKey

from certsvc.bootstrap import Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, CallerRole, Purpose, ServiceClient, nobody, official
from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.console.access import asked
from certsvc.entrypoints.http.permitted import Needs, Open, declared_routes
from certsvc.entrypoints.portal import create_portal
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.stages.holder_sign_in import AssertedHolder
from certsvc.stages.sessions import Opening
from certsvc.stages.share_grants import Holder

MANY = 1_000_000
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
UNIT = "11220000000000019E"
UNDESCRIBED = {"/console/openapi.json"}
"""Added by the framework: the description of the interface, which is public."""
HOLDER = Holder("持证人", "229901199001010014")


@dataclass(frozen=True)
class Asking:
    """Somebody who asks: as whom the table of permissions knows them, and the headers they send."""

    name: str
    caller: Caller
    headers: dict[str, str] = field(default_factory=dict)
    signs: Callable[[bytes], dict[str, str]] | None = None
    portal: bool = False


@dataclass(frozen=True)
class AskedRoute:
    """A route of a face, with one method."""

    face: str
    method: str
    template: str
    mark: Needs | Open | None
    takes_tokens: bool

    def path(self, values: dict[str, str]) -> str:
        """Its path with made-up values."""
        return _PARAMETER.sub(lambda found: values.get(found[1], "X"), self.template)


@dataclass
class FacesInProcess:
    """An office's console and portal."""

    office: Office
    apps: dict[str, FastAPI]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def routes(self) -> Iterable[AskedRoute]:
        """Every route of both faces, method by method."""
        for face, app in self.apps.items():
            for one in declared_routes(app):
                if one.path not in UNDESCRIBED:
                    tokens = one.dependant is not None and asked in set(_calls(one.dependant))
                    yield AskedRoute(face, one.method, one.path, one.mark, tokens)

    def official(self, actor: Actor) -> Asking:
        """A registered person with a session."""
        token = self.office.sign_in.sessions.open(Opening(actor.name), official(actor)).token
        session = self.office.sign_in.resume(token)
        return Asking(actor.name, official(actor), self._headers("console", token, session.csrf_token))

    def holder(self, holder: Holder = HOLDER) -> Asking:
        """A holder with a session."""
        sign_in = self.office.holder_sign_in
        token = sign_in.open(AssertedHolder(holder, None, "high")).token
        session = sign_in.resume(token)
        headers = self._headers("portal", token, session.csrf_token)
        return Asking("holder", session.caller, headers, portal=True)

    def program(self, purpose: Purpose) -> Asking:
        """A registered program, which signs every request."""
        key = ed25519.Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        client = ServiceClient(f"program-{purpose}", public, frozenset({purpose}))
        self.office.clients.register_client(client, self.office.clock.now())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        own = OKPKey.import_key(pem)
        return Asking(client.name, client.caller, signs=lambda body: self._signed(client.name, own, body))

    def answers(self, requests: Sequence[tuple[str, str, str, Asking]]) -> list[httpx.Response]:
        """The answers to (face, method, path, who asks), in order."""
        return asyncio.run(self._answers(requests))

    def ask(self, face: str, method: str, path: str, who: Asking, **given: Any) -> httpx.Response:
        """One request with a body."""

        async def once() -> httpx.Response:
            async with self._client(face) as client:
                return await client.request(method, path, headers=who.headers, **given)

        return asyncio.run(once())

    async def _answers(self, requests: Sequence[tuple[str, str, str, Asking]]) -> list[httpx.Response]:
        found = []
        async with self._client("console") as console, self._client("portal") as portal:
            clients = {"console": console, "portal": portal}
            for face, method, path, who in requests:
                headers = who.headers if who.signs is None else who.signs(b"")
                found.append(await clients[face].request(method, path, headers=headers))
                clients[face].cookies.clear()
        return found

    def _client(self, face: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.apps[face], raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://testserver")

    def _headers(self, face: str, token: str, csrf_token: str) -> dict[str, str]:
        name = self.apps[face].state.cookies.session_name
        return {"Cookie": f"{name}={token}", "X-CSRF-Token": csrf_token}

    def _signed(self, name: str, key: OKPKey, body: bytes) -> dict[str, str]:
        now = int(self.office.clock.now().timestamp())
        claims = {
            "iss": name,
            "sub": name,
            "aud": self.office.settings.public_url,
            "iat": now,
            "exp": now + 60,
            "jti": f"token-number-{next(self._numbers):08}",
            "body_sha256": sha256(body).hexdigest(),
        }
        return {
            "Authorization": f"Bearer {jwt.encode({'alg': 'Ed25519'}, claims, key, algorithms=['Ed25519'])}"
        }


def faces_in_process(office: Office) -> FacesInProcess:
    """The faces of an office, which answer more often than people ask."""
    limiter = public_service(office).limiter
    apps = {
        "console": create_console(office, limiter, sign_ins_per_minute=MANY),
        "portal": create_portal(office, limiter, sign_ins_per_minute=MANY),
    }
    return FacesInProcess(office, apps)


def people() -> tuple[Actor, ...]:
    """One of every role, of the province."""
    reach: dict[Role, dict[str, Any]] = {
        Role.COMMITTEE: {"committees": frozenset({"C-MADE-UP"})},
        Role.UNIT: {"unit": UNIT},
    }
    return tuple(
        Actor(f"the-{role}", role, "220000", person=f"N-{role}", **reach.get(role, {})) for role in Role
    )


def callers(faces: FacesInProcess) -> tuple[Asking, ...]:
    """Everybody whom the matrix knows."""
    for one in people():
        faces.office.actors.register_actor(one, faces.office.clock.now())
    return (
        *(faces.official(one) for one in people()),
        faces.holder(),
        *(faces.program(one) for one in Purpose),
        Asking("nobody", nobody("nobody")),
    )


def is_session_role(caller: Caller) -> bool:
    """True for those who sign in at the console."""
    return caller.role not in (CallerRole.SERVICE, CallerRole.HOLDER, CallerRole.NOBODY, CallerRole.OPERATOR)


def _calls(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)
