"""Who may sign in at the demo's provider, at which service, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

PASSWORD_ALONE, SECOND_FACTOR = "demo:password", "demo:second-factor"
BY_PHONE, BY_DOCUMENT, BY_FACE = "demo:phone", "demo:document", "demo:face"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A made-up person: the value of `sub`, words for the button, and further claims."""

    sub: str
    words: str
    note: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoLevel:
    """How somebody shows who they are: the value of `acr`, and words."""

    acr: str
    words: str


@dataclass(frozen=True, slots=True)
class DemoClient:
    """A service that is registered at the provider. The last level is the surest, and chosen beforehand."""

    client_id: str
    words: str
    redirect_address: str
    back_address: str
    levels: Sequence[DemoLevel]
    people: Sequence[DemoPerson]
    secret: str | None = None

    def person(self, sub: str) -> DemoPerson | None:
        """The person of that `sub`."""
        return next((one for one in self.people if one.sub == sub), None)


OFFICIALS_LEVELS: Final = (
    DemoLevel(PASSWORD_ALONE, "只用口令（没有第二重验证，会被拒绝）"),
    DemoLevel(SECOND_FACTOR, "口令和动态码（两重验证）"),
)
HOLDERS_LEVELS: Final = (
    DemoLevel(BY_PHONE, "仅验证手机号（实名等级不够，会被拒绝）"),
    DemoLevel(BY_DOCUMENT, "核对身份证件"),
    DemoLevel(BY_FACE, "核对身份证件和人脸"),
)
OFFICIALS, HOLDERS = "certsvc", "certsvc-portal"
"""The client ids."""


def officials_client(public_url: str, people: Sequence[DemoPerson]) -> DemoClient:
    """The console, as it is registered."""
    back = f"{public_url}/console/sign-in"
    return DemoClient(
        OFFICIALS, "职称证书办理（办理人员）", f"{back}/callback", back, OFFICIALS_LEVELS, people
    )


def holders_client(public_url: str, people: Sequence[DemoPerson]) -> DemoClient:
    """The portal, as it is registered."""
    back = f"{public_url}/portal/sign-in"
    return DemoClient(HOLDERS, "职称证书持证人服务", f"{back}/callback", back, HOLDERS_LEVELS, people)


def demo_holder(name: str, id_number: str, note: str = "") -> DemoPerson:
    """A holder, with the claims that an identity platform asserts."""
    claims = {"name": name, "id_number": id_number}
    return DemoPerson(f"holder-{id_number}", name, note, claims)
