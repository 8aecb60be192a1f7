"""The states in which dashboard, system and administration are seen."""

from __future__ import annotations

from playwright.sync_api import Page

from certsvc.domain.actor import Actor, Role
from certsvc.domain.regions import PROVINCE
from tests.console.states import STATES, Scene, State
from tests.support.workbooks import REGULAR, sample

ADMINISTRATORS = {"security": Role.SECURITY, "system": Role.SYSTEM, "audit": Role.AUDIT}


def administered(scene: Scene) -> None:
    """Three administrators are in office, and a unit."""
    for name, role in ADMINISTRATORS.items():
        scene.desk.office.office.actors.register_actor(Actor(name, role, PROVINCE), scene.desk.clock.now())
    unit = Actor("road-unit", Role.UNIT, PROVINCE, unit=sample(REGULAR).rows[0]["统一社会信用代码"])
    scene.desk.office.office.actors.register_actor(unit, scene.desk.clock.now())


def _at(path: str, user: str) -> State:
    def show(page: Page, scene: Scene) -> None:
        scene.opens(page, user, path)

    return show


for _name, _path, _user in (
    ("dashboard", "/console", "second"),
    ("dashboard-city", "/console", "tonghua"),
    ("dashboard-supervisor", "/console", "supervisor"),
    ("sign-in", "/console/sign-in", "second"),
    ("sessions", "/console/sessions", "second"),
    ("requests-of-holders", "/console/requests", "second"),
    ("ledger", "/console/ledger", "system"),
    ("jobs", "/console/jobs", "system"),
    ("keys", "/console/keys", "system"),
    ("alarms", "/console/suspicious", "system"),
    ("people", "/console/people", "security"),
    ("unit-people", "/console/unit-people", "road-unit"),
    ("dashboard-unit", "/console", "road-unit"),
    ("delegations", "/console/delegations", "second"),
    ("audit-trail", "/console/audit-trail", "audit"),
    ("looks", "/console/audit-trail/looks", "audit"),
):
    STATES[_name] = _at(_path, _user)
