"""An office whose checkpoints need one witness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.settings import Settings
from tests.decisions.deciders import Deciders, open_deciders
from tests.support.office import TEST_SETTINGS
from tests.support.witnesses import WitnessServer, honest


class WitnessedOffice:
    """An office that began without a witness and has one since."""

    def __init__(
        self, folder: Path, clock: FixedClock, url: str, opener: Callable[..., Deciders] = open_deciders
    ) -> None:
        self.folder, self.clock, self.url = folder, clock, url
        self.deciders = opener(folder / "home", clock, url)
        self.witness = WitnessServer(folder / "w1", "w1", clock, honest, self.deciders.office.log_keys)
        self.file = folder / "witnesses"
        self.file.write_text(f"{self.witness.line}quorum w1\n", encoding="ascii")
        self.again()

    def again(self) -> None:
        """As a process that starts."""
        self.deciders.office.close()
        settings = Settings(
            home=self.folder / "home",
            database_url=self.url,
            suspension="on",
            witness_policy=self.file,
            **TEST_SETTINGS,
        )
        self.deciders.under_test.office = open_office(settings, self.clock)
        self.deciders.under_test.approval = self.deciders.office.approval

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.deciders.office.settings

    @property
    def public(self) -> Path:
        """The public tree."""
        return self.settings.public_folder

    def close(self) -> None:
        """All of it down."""
        self.deciders.close()
        self.witness.close()
