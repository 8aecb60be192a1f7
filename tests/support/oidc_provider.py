"""The demo's OpenID provider for tests: on a free port, on the test's clock, whoever is named may sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import httpx

from certsvc.entrypoints.demo_provider import (
    DemoClient,
    DemoPerson,
    DemoProvider,
    create_demo_provider,
    holders_client,
    officials_client,
)
from certsvc.entrypoints.demo_provider.people import OFFICIALS, SECOND_FACTOR, demo_holder
from certsvc.settings import Settings
from tests.web.builders import served

Claims = dict[str, object]
PUBLIC_URL = "http://127.0.0.1:8000"


class WhoeverClient(DemoClient):
    """Officials of every name, registered or not."""

    def person(self, sub: str) -> DemoPerson | None:
        """Somebody of that name."""
        return DemoPerson(sub, sub)


class EveryHolderClient(DemoClient):
    """Holders, named as `name/number`; either may be missing."""

    def person(self, sub: str) -> DemoPerson | None:
        """The holder; what is empty is not asserted."""
        name, _, id_number = sub.partition("/")
        holder = demo_holder(name, id_number)
        given = {claim: value for claim, value in holder.claims.items() if value}
        return replace(holder, sub="subject-" + sub.encode().hex()[:40], claims=given)


@contextmanager
def open_provider(now: Callable[[], float]) -> Iterator[DemoProvider]:
    """A provider at which officials and holders of every name sign in."""
    clients = [
        WhoeverClient(**_fields(officials_client(PUBLIC_URL, ()))),
        EveryHolderClient(**_fields(holders_client(PUBLIC_URL, ()))),
    ]
    provider = DemoProvider("", clients, now)
    settings = Settings(_env_file=None)  # type: ignore[call-arg]  # an argument of the settings library
    with served(create_demo_provider(settings, provider)) as address:
        provider.issuer = address
        yield provider


def with_secret(provider: DemoProvider, secret: str | None) -> None:
    """Give the officials' client a secret, or take it away."""
    provider.clients = [
        replace(one, secret=secret) if one.client_id == OFFICIALS else one for one in provider.clients
    ]


def agree(address: str, person: str, level: str = SECOND_FACTOR) -> str:
    """Choose a person and a level on the provider's page: path and query that the browser is sent back to."""
    shown = httpx.get(address, trust_env=False)
    assert shown.status_code == 200, shown.text
    agreed = httpx.post(address, data={"person": person, "level": level}, trust_env=False)
    assert agreed.status_code == 303, agreed.text
    back = urlsplit(agreed.headers["location"])
    return f"{back.path}?{back.query}"


def _fields(client: DemoClient) -> dict[str, object]:
    return {name: getattr(client, name) for name in client.__dataclass_fields__}
