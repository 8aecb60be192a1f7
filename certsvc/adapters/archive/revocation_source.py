"""Where revocation lists come from: files of a folder, and addresses that the operator names."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx
from asn1crypto import crl

from certsvc.adapters.archive.material import decode_revocation_lists, read_revocation_lists
from certsvc.adapters.bounded_asking import NoAnswerError, ask, trusted_by_the_machine

_LARGEST: Final = 10_000_000  # bytes
_log = logging.getLogger(__name__)


class RevocationSource:
    """Reads them anew each time. Addresses inside certificates are never followed: only those given here."""

    def __init__(
        self,
        folder: Path,
        addresses: Sequence[str],
        seconds: float,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`seconds`: the longest time for one address; all that are left are left out once the service is `stopping`."""
        self._folder, self._addresses, self._seconds = folder, addresses, seconds
        self._stopping = stopping

    def lists(self) -> tuple[crl.CertificateList, ...]:
        """The lists that there are now; what does not answer is noted in the log and left out.

        Raises ConfigurationError naming a file of the folder that is no list.
        """
        fetched = [one for address in self._addresses if not self._stopping() for one in self._fetch(address)]
        return (*read_revocation_lists(self._folder), *fetched)

    def _fetch(self, address: str) -> list[crl.CertificateList]:
        try:
            return decode_revocation_lists(self._read(address))
        except (NoAnswerError, httpx.InvalidURL, OSError, ValueError, TypeError) as error:
            _log.warning("a revocation list could not be fetched: %s: %s", address, type(error).__name__)
            return []

    def _read(self, address: str) -> bytes:
        with httpx.Client(timeout=self._seconds, trust_env=False, verify=trusted_by_the_machine()) as client:
            request = client.build_request("GET", address, headers={"Accept-Encoding": "identity"})
            answer = ask(client, request, seconds=self._seconds, longest=_LARGEST, stopping=self._stopping)
        if answer.status != HTTPStatus.OK:
            raise ValueError("no list")
        return answer.raw_body
