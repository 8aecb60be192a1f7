"""A desk of the office: its HTTP faces on loopback, an OpenID provider beside it, people and programs who call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Purpose, ServiceClient
from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.demo_provider import DemoProvider
from certsvc.entrypoints.demo_provider.people import BY_DOCUMENT, BY_FACE, HOLDERS, OFFICIALS, SECOND_FACTOR
from certsvc.entrypoints.faces import Faces
from certsvc.entrypoints.http.cookies import PORTAL_COOKIES
from certsvc.entrypoints.portal import create_portal
from certsvc.entrypoints.public_api import create_app
from certsvc.entrypoints.public_api.joining import public_service
from certsvc.stages.holder_sign_in import AssertedHolder
from certsvc.stages.share_grants import Holder
from tests.support.office import OfficeUnderTest
from tests.support.oidc_provider import agree, open_provider
from tests.web.builders import served

PEOPLE = (
    Actor("supervisor", Role.SUPERVISOR, "220000"),
    Actor("second", Role.CHECKER, "220000"),
    Actor("tonghua", Role.MAKER, "220500"),
    Actor("city-checker", Role.CHECKER, "222400"),
)
PROGRAM = "upstream"
MANY_SIGN_INS = 100_000
CALLBACK = "/console/sign-in/callback"


@dataclass
class Program:
    """A registered program with its private key."""

    name: str
    key: OKPKey | ECKey
    algorithm: str

    def token(self, claims: dict[str, Any], *, algorithm: str | None = None, key: Any = None) -> str:
        """Claims, signed; by another key or algorithm where asked."""
        header = {"alg": algorithm or self.algorithm}
        return jwt.encode(header, claims, key or self.key, algorithms=[header["alg"]])


@dataclass
class Desk:
    """What the tests hold: address, office, provider, clock."""

    address: str
    office: OfficeUnderTest
    provider: DemoProvider
    clock: FixedClock
    programs: dict[str, Program] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def visitor(self) -> httpx.Client:
        """A browser without cookies."""
        return httpx.Client(base_url=self.address, trust_env=False, timeout=120)

    def consent(
        self,
        browser: httpx.Client,
        user: str,
        level: str = SECOND_FACTOR,
        face: str = "/console",
        **asked: str,
    ) -> str:
        """Begin to sign in and agree at the provider: path and query that the browser is sent back to."""
        begun = browser.get(f"{face}/sign-in/go", params=asked)
        assert begun.status_code == 303, begun.text
        back = agree(begun.headers["location"], user, level)
        assert back.startswith(f"{face}/sign-in/callback?")
        return back

    @contextmanager
    def sign_in(self, user: str) -> Iterator[httpx.Client]:
        """A browser in which somebody is signed in; it sends the CSRF token with everything."""
        with self.visitor() as browser:
            answer = browser.get(self.consent(browser, user))
            assert answer.status_code == 303, answer.text
            browser.headers["X-CSRF-Token"] = browser.get("/console/me").json()["csrf_token"]
            yield browser

    @contextmanager
    def holder(self, name: str, id_number: str) -> Iterator[httpx.Client]:
        """A browser in which a holder is signed in (the session is opened by the stage); it sends the CSRF token too."""
        office = self.office.office
        opened = office.holder_sign_in.open(AssertedHolder(Holder(name, id_number), None, "test"))
        with self.visitor() as browser:
            browser.cookies.set(PORTAL_COOKIES[0], opened.token, domain=urlsplit(self.address).hostname or "")
            browser.headers["X-CSRF-Token"] = browser.get("/portal/me").json()["csrf_token"]
            yield browser

    @contextmanager
    def holder_by_provider(self, name: str, id_number: str, level: str = BY_FACE) -> Iterator[httpx.Client]:
        """The same through the identity platform, step by step."""
        with self.visitor() as browser:
            back = self.consent(browser, f"{name}/{id_number}", level, "/portal")
            answer = browser.get(back)
            assert answer.status_code == 303, answer.text
            browser.headers["X-CSRF-Token"] = browser.get("/portal/me").json()["csrf_token"]
            yield browser

    def claims(self, name: str, raw_body: bytes, **changed: Any) -> dict[str, Any]:
        """The claims of a good token for a body, changed where asked (None takes a claim away)."""
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": name,
            "sub": name,
            "aud": self.office.office.settings.public_url,
            "iat": now,
            "exp": now + 60,
            "jti": f"token-number-{next(self._numbers):08}",
            "body_sha256": sha256(raw_body).hexdigest(),
        } | changed
        return {key: value for key, value in claims.items() if value is not None}

    def call(
        self,
        method: str,
        path: str,
        token: str,
        raw_body: bytes = b"",
        content_type: str = "application/json",
    ) -> httpx.Response:
        """A request of a program."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
        with self.visitor() as client:
            return client.request(method, path, content=raw_body, headers=headers)

    def actions(self, subject: str) -> list[tuple[str, str]]:
        """What the audit trail says was done to an object, and by whom."""
        return [(one.actor, one.action) for one in self.office.office.trail.entries(subject)]


@contextmanager
def open_desk(
    home: Path, clock: FixedClock, database_url: str | None = None, **settings_given: Any
) -> Iterator[Desk]:
    """A desk over a new office."""
    with open_provider(lambda: clock.now().timestamp()) as provider:
        identity = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": OFFICIALS,
            "oidc_acr": SECOND_FACTOR,
            "holder_oidc_issuer": provider.issuer,
            "holder_oidc_client_id": HOLDERS,
            "holder_oidc_acr": f"{BY_DOCUMENT} {BY_FACE}",
        }
        office = OfficeUnderTest(
            home, clock, database_url, **{"suspension": "on", **identity, **settings_given}
        )
        for person in PEOPLE:
            office.office.actors.register_actor(person, clock.now())
        with served(_faces(office.office)) as address:
            desk = Desk(address, office, provider, clock)
            for name, private_key in (
                (PROGRAM, ed25519.Ed25519PrivateKey.generate()),
                ("downstream", ec.generate_private_key(ec.SECP256R1())),
            ):
                desk.programs[name] = register(desk, name, private_key)
            yield desk
        office.close()


def _faces(office: Office) -> Faces:
    """What an office serves; the tests sign in more often than people do."""
    service = public_service(office)
    console = create_console(office, service.limiter, service.metrics.count_request, MANY_SIGN_INS)
    portal = create_portal(office, service.limiter, service.metrics.count_request, MANY_SIGN_INS)
    return Faces(create_app(office.settings.public_folder, service), console, portal)


def register(
    desk: Desk,
    name: str,
    private_key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    purpose: Purpose = Purpose.FILING,
) -> Program:
    """Register a program with the office for a purpose."""
    public_key = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    client = ServiceClient(name, public_key, frozenset({purpose}))
    desk.office.office.clients.register_client(client, desk.clock.now())
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if isinstance(private_key, ed25519.Ed25519PrivateKey):
        return Program(name, OKPKey.import_key(pem), "Ed25519")
    return Program(name, ECKey.import_key(pem), "ES256")


def code_of(callback: str) -> str:
    """The code in a callback."""
    return parse_qs(urlsplit(callback).query)["code"][0]


MINUTE = timedelta(minutes=1)
