"""ports.signing.KeyProbing: asks the holder for every key of a key ring; the answers are good for a few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from threading import Lock
from time import monotonic

from certsvc.adapters.document_certificates import decode_certificate_key
from certsvc.adapters.key_names import ed25519_info, encode_public_key
from certsvc.adapters.key_ring import KeyRing
from certsvc.adapters.signers import HeldApiSigner, HeldLogSigner
from certsvc.domain.key_plan import KeyKind
from certsvc.errors import ConfigurationError, UnavailableError, UnknownReference
from certsvc.ports.signing import KeyHolder, KeyProbe, KeyReach

KEPT_SECONDS = 10.0


class RingProbing:
    """Of the keys in memory and their names in the plan. May be asked from several threads and as often as one likes."""

    def __init__(self, keys: KeyRing, holder: KeyHolder, api: Callable[[], HeldApiSigner | None]) -> None:
        """`api`: the API key, None where there is none."""
        self._keys, self._holder, self._api = keys, holder, api
        self._lock = Lock()
        self._kept: tuple[float, tuple[KeyProbe, ...]] = (0.0, ())
        self._away = False

    def probe(self) -> tuple[KeyProbe, ...]:
        """See the port."""
        with self._lock:
            if monotonic() >= self._kept[0]:
                self._away = False
                found = tuple(self._probes())
                self._kept = (monotonic() + KEPT_SECONDS, found)
            return self._kept[1]

    def _probes(self) -> Iterator[KeyProbe]:
        keys = self._keys
        record, document, api = keys.record, keys.document, self._api()
        name = self._name(KeyKind.RECORD, record.public_key)
        info = ed25519_info(record.public_key)
        yield KeyProbe(name, record.kid.hex(), record.public_key, self._reach(name, info))
        for log in (keys.log, *keys.retiring):
            yield self._log(log)
        info = encode_public_key(decode_certificate_key(document.certificate))
        name = self._name(KeyKind.DOCUMENT, document.certificate)
        key_id, reach = sha256(document.certificate).hexdigest(), self._reach(name, info)
        yield KeyProbe(name, key_id, document.certificate, reach, document.ends_on)
        if api is not None:
            reach = self._reach("api", ed25519_info(api.public_key))
            yield KeyProbe("api", api.key_id, api.public_key, reach)

    def _log(self, log: HeldLogSigner) -> KeyProbe:
        name = self._name(KeyKind.LOG, log.public_key)
        key_id = sha256(log.public_key).hexdigest()
        return KeyProbe(name, key_id, log.public_key, self._reach(name, ed25519_info(log.public_key)))

    def _name(self, kind: KeyKind, public: bytes) -> str:
        """The name in the plan; a key that the plan has forgotten is asked for by its kind."""
        found = self._keys.watch.plan.find(kind, public)
        return kind.value if found is None else found.name

    def _reach(self, name: str, public_key: bytes) -> KeyReach:
        if self._away:  # nobody waits for it once a key
            return KeyReach.UNREACHABLE
        try:
            found = self._holder.public_key(name)
        except UnknownReference:
            return KeyReach.MISSING
        except UnavailableError:
            self._away = True
            return KeyReach.UNREACHABLE
        except ConfigurationError:
            return KeyReach.REFUSED
        return KeyReach.REACHED if found == public_key else KeyReach.OTHER
