"""Making a home once, and opening it."""

from __future__ import annotations

from certsvc.adapters.api_key import make_api_key
from certsvc.adapters.clock import SystemClock
from certsvc.adapters.database import migrate, open_database, require_current_tables
from certsvc.adapters.file_keys import make_test_keys
from certsvc.adapters.key_plan import adopt_key_plan
from certsvc.bootstrap.office import Office
from certsvc.bootstrap.signers import open_holder, prepare_held_keys
from certsvc.bootstrap.witnesses import leaving_to_witnesses
from certsvc.domain.actor import Actor, Role
from certsvc.errors import ConfigurationError
from certsvc.ports import Clock
from certsvc.settings import Settings

TEST_ACTORS = (
    Actor("maker", Role.MAKER, "220000"),
    Actor("checker", Role.CHECKER, "220000"),
    Actor("city", Role.MAKER, "222400"),
    Actor("county", Role.MAKER, "222404"),
)


def prepare_home(settings: Settings, clock: Clock | None = None) -> bool:
    """Make home folder, test keys (never in production), tables and the log's first page. False: all was there."""
    clock = clock or SystemClock()
    settings.home.mkdir(parents=True, exist_ok=True)
    made = _prepare_keys(settings, clock)
    engine = open_database(settings.effective_database_url)
    migrate(engine)
    engine.dispose()
    office = Office(settings, clock)
    try:
        if settings.environment == "test":
            for actor in TEST_ACTORS:
                # Who was changed or ended since stays so.
                if office.actors.actor_when(actor.name, clock.now()) is None:
                    office.actors.register_actor(actor, clock.now())
        began = office.ledger.start_log()
        with leaving_to_witnesses():  # who can know the log only once its key is shown
            office.publish()
    finally:
        office.close()
    return made or began


def _prepare_keys(settings: Settings, clock: Clock) -> bool:
    holder = open_holder(settings)
    if holder is not None:
        return prepare_held_keys(settings, holder)
    made = settings.environment == "test" and make_test_keys(settings.keys_folder, clock.now())
    if settings.environment == "test":
        made = make_api_key(settings.keys_folder) or made
    adopt_key_plan(settings.keys_folder)
    return made


def open_office(settings: Settings, clock: Clock | None = None) -> Office:
    """The office of a prepared home. Raises ConfigurationError when keys are missing, or the tables are of another version."""
    office = Office(settings, clock or SystemClock())
    try:
        require_current_tables(office.reading_engine)
    except ConfigurationError:
        office.close()
        raise
    return office
