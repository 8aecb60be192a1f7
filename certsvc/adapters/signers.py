"""The signers of the stages, over keys that may be anywhere (signing_keys.py)."""

from __future__ import annotations

from certsvc.adapters.key_names import raw_ed25519
from certsvc.adapters.key_plan import KeyWatch
from certsvc.adapters.listed_keys import ListedKeys, last_day
from certsvc.adapters.signing_keys import SigningKey
from certsvc.domain.key_plan import KeyKind
from certsvc.formats.detached_jws import key_thumbprint
from certsvc.formats.record import derive_record_kid


class HeldRecordSigner:
    """ports.RecordSigner. With a watch, it signs only while the key is in force; with a list, only what the list names."""

    def __init__(
        self, key: SigningKey, watch: KeyWatch | None = None, listed: ListedKeys | None = None
    ) -> None:
        self._key = key
        self._watch = watch
        self._listed = listed
        self.public_key = raw_ed25519(key.public_key)
        self.kid = derive_record_kid(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature. Raises KeysChangedError when another key has taken over, KeyNotInForce."""
        if self._watch is not None:
            self._watch.require_signing(KeyKind.RECORD, self.public_key)
        if self._listed is not None:
            self._listed.require_record(self.public_key)
        return self._key.sign(message)


class HeldLogSigner:
    """ports.LogSigner. With a watch, it signs only while the key may."""

    def __init__(self, key: SigningKey, origin: str, watch: KeyWatch | None = None) -> None:
        self._key = key
        self._watch = watch
        self.origin = origin
        self.public_key = raw_ed25519(key.public_key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature. Raises KeysChangedError when the key was retired."""
        if self._watch is not None:
            self._watch.require_signing(KeyKind.LOG, self.public_key)
        return self._key.sign(message)


class HeldDocumentSigner:
    """ports.DocumentSigner. With a watch, it signs only while the certificate is in force; with a list, only while the
    list names it. Either way within its days.
    """

    def __init__(
        self,
        key: SigningKey,
        certificate: bytes,
        chain: tuple[bytes, ...],
        watch: KeyWatch | None = None,
        listed: ListedKeys | None = None,
    ) -> None:
        self._key = key
        self._watch = watch
        self._listed = listed
        self.certificate = certificate
        self.chain = chain
        self.ends_on = last_day(certificate)

    def sign(self, message: bytes) -> bytes:
        """The DER-encoded signature. Raises KeysChangedError when another certificate has taken over, KeyNotInForce."""
        last = self.ends_on
        if self._watch is not None:
            planned = self._watch.require_signing(KeyKind.DOCUMENT, self.certificate)
            last = last if planned.valid_to is None else min(last, planned.valid_to)
        if self._listed is not None:
            self._listed.require_document(self.certificate, last)
        return self._key.sign(message)


class HeldApiSigner:
    """ports.platforms.ApiSigner."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.public_key = raw_ed25519(key.public_key)
        self.key_id = key_thumbprint(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(message)
