"""What keeps a signature back, in words for whoever asked for a document: they cannot mend a token, a proxy or a disk."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from certsvc.errors import ConfigurationError, UnavailableError, UnknownReference

_log = logging.getLogger(__name__)


@contextmanager
def making(document: str) -> Iterator[None]:
    """While a document (核验报告, 加注件 …) is signed and kept: failures of keys, their holder and the archive are told to the
    log, for the operator; who asked hears one sentence. Raises UnavailableError for all of them.
    """
    try:
        yield
    except (UnavailableError, ConfigurationError, UnknownReference) as error:
        _log.error("%s cannot be made (%s): %s", document, error.code, error)
        raise UnavailableError(f"{document}暂时不能出具，请稍后再试；核验不受影响。") from error
