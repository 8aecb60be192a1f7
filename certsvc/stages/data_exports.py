"""Exports of a holder's personal data: asked for in the portal, made in the background, kept for a day.

1. The wish is written down, with an entry in the audit trail.
2. The background work gathers everything and keeps one ZIP file, sealed; a notice says that it is ready.
   What cannot be made is put off with growing pauses; the others go on.
3. The same holder downloads it, which is noted too; a day after it was asked for it is deleted.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from certsvc.domain.caller import Caller, holder_caller
from certsvc.domain.holder_notice import wait_after
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.permission import Action
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.own_data import DataExport, DataExports, WaitingExport
from certsvc.stages.own_data import OwnData
from certsvc.stages.own_data_page import readable_page
from certsvc.stages.permits import Permits
from certsvc.stages.share_grants import Holder

_log = logging.getLogger(__name__)
KEPT: Final = timedelta(days=1)
_ID_BYTES: Final = 9
_CHUNK: Final = 10
_PRIVATE: Final = 0o600 << 16


@dataclass(frozen=True, slots=True)
class PersonalExports:
    """What portal and background work call. `key_of`: the keyed digest of a text."""

    permits: Permits
    store: DataExports
    data: OwnData
    key_of: Callable[[str], bytes]
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def ask(self, holder: Holder, by: Caller) -> DataExport:
        """Ask for an export; the one that is kept already, where it has not ended. Raises NotPermitted."""
        self.permits.require(Action.OWN_DATA_EXPORT, by, "export")
        now = self.clock.now()
        export = DataExport("E" + self.random_bytes(_ID_BYTES).hex().upper(), now, now + KEPT)
        waiting = WaitingExport(export.id, self._owner(holder), holder.name, holder.id_number)
        return self.store.ask(export, waiting, by)

    def listed(self, holder: Holder, by: Caller) -> tuple[DataExport, ...]:
        """What the holder asked for and may still download. Raises NotPermitted."""
        self.permits.require(Action.OWN_DATA_EXPORT, by, "export")
        return self.store.of_owner(self._owner(holder), self.clock.now())

    def download(self, holder: Holder, by: Caller, export: str) -> bytes:
        """The ZIP file, noted before it is given. Raises NotPermitted, UnknownReference (not ready, over, or another's)."""
        self.permits.require(Action.OWN_DATA_EXPORT, by, "export")
        raw = self.store.read(export, self._owner(holder), by, self.clock.now())
        if raw is None:
            raise UnknownReference("没有这份副本，或者已过期删除。请重新申请。")
        return raw

    def work(self, stopping: Callable[[], bool]) -> None:
        """Delete what is over, and make what waits."""
        self.store.delete_ended(self.clock.now())
        while not stopping():
            waiting = self.store.waiting(self.clock.now(), _CHUNK)
            if not waiting:
                return
            for one in waiting:
                if stopping():
                    return
                self._try(one)

    def _try(self, waiting: WaitingExport) -> None:
        """Make one, or put it off: what cannot be gathered of one holder holds up nobody else's."""
        try:
            self._make(waiting)
        except Exception:
            # without the words of the fault: they may hold what is personal
            _log.error("export %s could not be made, attempt %d", waiting.id, waiting.attempts + 1)
            pause = timedelta(seconds=wait_after(waiting.attempts + 1))
            self.store.put_off(waiting.id, self.clock.now() + pause)

    def _make(self, waiting: WaitingExport) -> None:
        holder = Holder(waiting.name, waiting.id_number)
        told = self.data.gather(holder, holder_caller(waiting.owner))
        now = self.clock.now()
        sink = io.BytesIO()
        stamp = (now.year, now.month, now.day, 0, 0, 0)
        with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
            for name, raw in (
                ("personal-data.json", _json(told)),
                ("personal-data.html", readable_page(told).encode()),
                *self.data.files(holder),
            ):
                member = ZipInfo(name, stamp)
                member.external_attr, member.compress_type = _PRIVATE, ZIP_DEFLATED
                archive.writestr(member, raw)
        self.store.finish(waiting.id, sink.getvalue(), now)

    def _owner(self, holder: Holder) -> bytes:
        return self.key_of(asked_id_numbers(holder.id_number)[-1])


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
