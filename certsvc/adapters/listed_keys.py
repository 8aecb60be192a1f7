"""Whether the trust list in force lets a key sign today: looked up before every signature, read anew when it changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from certverify.errors import CertverifyError
from certverify.trust import TrustList, decode_trust_list
from cryptography import x509

from certsvc.adapters.clock import local_day
from certsvc.adapters.trust_archive import LIST, FolderTrustArchive
from certsvc.errors import KeyNotInForce

_Stamp = tuple[int, int, int] | None


class ListedKeys:
    """The published trust list; where the public tree has none, the one that was signed last."""

    def __init__(self, public_folder: Path, keys_folder: Path, today: Callable[[], date]) -> None:
        """`today`: the present date in Asia/Shanghai."""
        self._file = public_folder / LIST
        self._archive = FolderTrustArchive(keys_folder)
        self._today = today
        self._seen: tuple[_Stamp, TrustList] | None = None

    def require_record(self, public_key: bytes) -> None:
        """Return when a record key (raw 32 bytes) may sign today. Raises KeyNotInForce."""
        for key in self._list().record_keys.values():
            if key.public_key.public_bytes_raw() == public_key:
                self._require_day("记录密钥", key.valid_from, key.valid_to)
                return
        raise _unlisted("记录密钥")

    def require_document(self, certificate: bytes, ends_on: date) -> None:
        """Return when the document key of a certificate (DER; its last day) may sign today. Raises KeyNotInForce."""
        for key in self._list().document_keys:
            if key.certificate == certificate:
                last = ends_on if key.valid_to is None else min(ends_on, key.valid_to)
                self._require_day("证书文件密钥", key.valid_from, last)
                return
        raise _unlisted("证书文件密钥")

    def _require_day(self, what: str, first: date, last: date | None) -> None:
        today = self._today()
        if today < first:
            raise KeyNotInForce(
                f"{what}自 {first.isoformat()} 起才可使用，今天还不能签章，已暂停签发。请核对服务器的日期和信任清单。"
            )
        if last is not None and today > last:
            raise KeyNotInForce(
                f"{what}已于 {last.isoformat()} 到期，已暂停签发；核验不受影响。请按 keys/README.md 更换密钥或证书，"
                "公开新的信任清单后自动继续。"
            )

    def _list(self) -> TrustList:
        stamp, seen = self._stamp(), self._seen
        if seen is None or seen[0] != stamp:
            seen = (stamp, self._read())
            self._seen = seen if stamp is not None else None
        return seen[1]

    def _read(self) -> TrustList:
        try:
            raw_list = self._file.read_bytes()
        except FileNotFoundError:
            newest = self._archive.newest()
            if newest is None:
                raise KeyNotInForce(
                    "信任清单尚未公开，已暂停签发。请先运行 certsvc init 公开信任清单。"
                ) from None
            raw_list = newest.trust_list
        try:
            return decode_trust_list(raw_list)
        except CertverifyError as error:
            raise KeyNotInForce("公开的信任清单无法读取，已暂停签发。请核查公开目录。") from error

    def _stamp(self) -> _Stamp:
        """A rename gives a new inode."""
        try:
            state = os.stat(self._file)
        except FileNotFoundError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size


def last_day(certificate: bytes) -> date:
    """The last whole day (Asia/Shanghai) on which a certificate (DER) is valid."""
    ends_at = x509.load_der_x509_certificate(certificate).not_valid_after_utc
    return local_day(ends_at) - timedelta(days=1)


def _unlisted(what: str) -> KeyNotInForce:
    return KeyNotInForce(
        f"现行信任清单没有写明本服务使用的{what}，已暂停签发：现在签章，核验时不会被相信。"
        "请按 keys/README.md 起草、签署并接受新的信任清单。"
    )
