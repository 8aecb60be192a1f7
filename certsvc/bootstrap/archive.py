"""The archive of an office, joined with its adapters. pyHanko is loaded when there is something to archive or to check."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from certverify import load_trust
from certverify.errors import TrustListError

from certsvc.adapters.archive_folder import FolderArchiveObjects
from certsvc.adapters.archive_store import DatabaseArchiveBook
from certsvc.adapters.turns import FileTurns
from certsvc.domain.archive_object import ArchiveFailure, ArchiveLevel, ArchiveStatus
from certsvc.domain.caller import OPERATOR
from certsvc.errors import ConfigurationError, UnavailableError
from certsvc.ports.access import PersonalLook
from certsvc.ports.archive import LongTermJudge
from certsvc.stages.archiving import ArchiveTools, Archiving

if TYPE_CHECKING:
    from certsvc.adapters.archive.material import Material
    from certsvc.bootstrap.parts import Parts

ROUND_SECONDS = 15.0
MOST_A_ROUND = 1000
_TURN = "archive"
_log = logging.getLogger(__name__)


class ArchiveDesk:
    """Archiving by the settings of an office."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.level = ArchiveLevel(parts.settings.archive_level)
        self._told = False

    @property
    def switched_on(self) -> bool:
        """Whether there is a timestamp server."""
        return self._parts.settings.timestamp_url is not None

    @cached_property
    def archiving(self) -> Archiving:
        """The stage over this office's folder and database."""
        parts, turns = self._parts, FileTurns(self._parts.settings.home / "turns")
        return Archiving(
            documents=parts.archive,
            folder=FolderArchiveObjects(parts.settings.archive_folder),
            book=DatabaseArchiveBook(parts.engine, parts.reading_engine),
            open_tools=self._tools,
            open_judge=self._judge,
            clock=parts.clock,
            turn=lambda: turns.turn(_TURN, wait=False),
        )

    def work(self, stopping: Callable[[], bool]) -> None:
        """One round of the background work: what fits into some seconds, and nothing without a timestamp server.

        What is set wrongly is said once and tried again: nobody shall go without certificates for want of a timestamp.
        Raises UnavailableError when the server gives no good one.
        """
        if not self.switched_on:
            return
        try:
            self._round(stopping)
            self._told = False
        except ConfigurationError as error:
            if not self._told:
                _log.error("archiving waits: %s", error)
            self._told = True
        except UnavailableError:
            if not stopping():
                raise

    def _round(self, stopping: Callable[[], bool]) -> None:
        ends = monotonic() + ROUND_SECONDS
        for done in self.archiving.upgrade(self.level, MOST_A_ROUND, stopping):
            if isinstance(done, ArchiveFailure):
                _log.error(
                    "certificate %s v%d was not archived (%s), trying again at %s",
                    *(done.number, done.version, done.fault.value, done.next_try_at.isoformat()),
                )
            if stopping() or monotonic() > ends:
                return

    def standing(self) -> ArchiveStatus | None:
        """Where the archive stands; None without a timestamp server, and while the database does not answer."""
        if not self.switched_on:
            return None
        try:
            return self.archiving.status(self.level)
        except UnavailableError:
            return None

    def export(self, number: str, version: int) -> bytes:
        """The newest archive object of a certificate version, for its holder or an archive; the look is noted first.

        Raises UnknownReference when there is none.
        """
        parts = self._parts
        parts.looks.append(PersonalLook(parts.clock.now(), "cli", OPERATOR.name, number, "导出归档文件"))
        return self.archiving.newest(number, version)[1]

    def material(self, stopping: Callable[[], bool] = lambda: False) -> Material:
        """Roots by the published trust list and the settings, and the revocation lists of now, as far as they were read when
        the service is `stopping`."""
        from asn1crypto import x509

        from certsvc.adapters.archive.material import Material, read_certificates
        from certsvc.adapters.archive.revocation_source import RevocationSource

        settings = self._parts.settings
        try:
            keys = load_trust(settings.public_folder).trust_list.document_keys
        except TrustListError as error:
            raise UnavailableError("信任清单尚未公开或无法读取。请先运行 certsvc ledger publish。") from error
        if settings.timestamp_roots is None:
            raise ConfigurationError("没有设置时间戳服务的根证书。请设置 CERTSVC_TIMESTAMP_ROOTS。")
        chains = [[x509.Certificate.load(der) for der in (key.certificate, *key.chain)] for key in keys]
        lists = RevocationSource(
            settings.effective_revocation_folder,
            settings.revocation_urls.split(),
            settings.timestamp_seconds,
            stopping,
        ).lists()
        return Material(
            document_roots=tuple(chain[-1] for chain in chains),
            timestamp_roots=read_certificates(settings.timestamp_roots),
            certificates=tuple(one for chain in chains for one in chain[1:]),
            lists=lists,
            largest_list=settings.archive_largest_list,
        )

    def _judge(self) -> LongTermJudge:
        from certsvc.adapters.archive.judging import PdfLongTermJudge

        return PdfLongTermJudge(self.material())

    def _tools(self, stopping: Callable[[], bool]) -> ArchiveTools:
        from certsvc.adapters.archive.judging import PdfLongTermJudge
        from certsvc.adapters.archive.long_term import PdfLongTermWriter
        from certsvc.adapters.archive.timestamping import VerifiedTimestamps

        settings, clock = self._parts.settings, self._parts.clock
        if settings.timestamp_url is None:
            raise ConfigurationError(
                "没有设置时间戳服务，不能归档。请设置 CERTSVC_TIMESTAMP_URL 和 CERTSVC_TIMESTAMP_ROOTS。"
            )
        material = self.material(stopping)
        stamps = VerifiedTimestamps(
            settings.timestamp_url, settings.timestamp_seconds, clock.now, material.for_timestamps, stopping
        )
        return ArchiveTools(PdfLongTermWriter(material, stamps, clock.now), PdfLongTermJudge(material))
