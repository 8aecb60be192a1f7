"""Where revocation lists come from: files of a folder, and addresses that the operator names."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Final

import httpx
from asn1crypto import crl

from certsvc.adapters.archive.material import decode_revocation_lists, read_revocation_lists

_LARGEST: Final = 10_000_000  # bytes
_log = logging.getLogger(__name__)


class RevocationSource:
    """Reads them anew each time. Addresses inside certificates are never followed: only those given here."""

    def __init__(self, folder: Path, addresses: Sequence[str], seconds: float) -> None:
        """`seconds`: the longest time for one address."""
        self._folder, self._addresses, self._seconds = folder, addresses, seconds

    def lists(self) -> tuple[crl.CertificateList, ...]:
        """The lists that there are now; what does not answer is noted in the log and left out.

        Raises ConfigurationError naming a file of the folder that is no list.
        """
        fetched = [one for address in self._addresses for one in self._fetch(address)]
        return (*read_revocation_lists(self._folder), *fetched)

    def _fetch(self, address: str) -> list[crl.CertificateList]:
        try:
            return decode_revocation_lists(self._read(address))
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            httpx.StreamError,
            OSError,
            ValueError,
            TypeError,
        ) as error:
            _log.warning("a revocation list could not be fetched: %s: %s", address, type(error).__name__)
            return []

    def _read(self, address: str) -> bytes:
        ends, raw_list = monotonic() + self._seconds, bytearray()
        with (
            httpx.Client(timeout=self._seconds, trust_env=False) as client,
            client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            answer.raise_for_status()
            for piece in answer.iter_raw():
                raw_list += piece
                if len(raw_list) > _LARGEST or monotonic() > ends:
                    raise ValueError("too large or too slow")
        return bytes(raw_list)
