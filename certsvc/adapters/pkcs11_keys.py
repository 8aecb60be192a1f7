"""ports.signing.KeyHolder over a PKCS#11 token (OASIS PKCS #11 v3.0): keys are found by label, one session is kept open.

ECDSA comes back as r||s and becomes DER here (RFC 3279). A PIN that the token refused is not tried again by this process:
every attempt counts, and the last one locks the token.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certsvc.adapters.key_names import ed25519_info, encode_public_key, is_key_name
from certsvc.adapters.secret_file import read_secret
from certsvc.errors import ConfigurationError, UnavailableError, UnknownReference

if TYPE_CHECKING:
    import pkcs11

_ED25519_NAMES = (
    bytes.fromhex("06032b6570"),
    b"\x13\x0cedwards25519",
)  # RFC 8410, PKCS #11 v3.0 section 2.3.7
_P256_NAME = bytes.fromhex("06082a8648ce3d030107")


class Pkcs11Keys:
    """The keys of one token. May be asked from several threads; one answers at a time."""

    def __init__(self, module: Path, token: str, pin_file: Path) -> None:
        """Nothing is opened before the first key is asked for."""
        self._module, self._token, self._pin_file = module, token, pin_file
        self._lock = Lock()
        self._session: pkcs11.Session | None = None
        self._found: dict[str, tuple[Any, bool]] = {}
        self._refused: ConfigurationError | None = None

    def public_key(self, name: str) -> bytes:
        """See the port."""
        return bytes(self._twice(self._public_key, name))

    def sign(self, name: str, message: bytes) -> bytes:
        """See the port."""
        return bytes(self._twice(self._sign, name, message))

    def close(self) -> None:
        """Log out."""
        with self._lock:
            self._forget()

    def _twice(self, work: Any, name: str, *more: bytes) -> Any:
        """Do it; where session or device had gone, once more with the module begun anew."""
        import pkcs11

        if not is_key_name(name):
            raise UnknownReference(f"没有名为 {name} 的签名密钥。")
        with self._lock:
            try:
                return work(self._opened(), name, *more)
            except pkcs11.PKCS11Error:
                self._forget()
            try:
                pkcs11.lib(str(self._module)).reinitialize()
                return work(self._opened(), name, *more)
            except pkcs11.PKCS11Error as error:
                self._forget()
                raise UnavailableError(
                    f"签名设备（PKCS#11 令牌“{self._token}”）暂时不能使用，已暂停签章。"
                    "请检查设备连接，并核对 CERTSVC_PKCS11_TOKEN；恢复后自动继续。"
                ) from error

    def _sign(self, session: pkcs11.Session, name: str, message: bytes) -> bytes:
        from pkcs11 import Mechanism

        if name not in self._found:
            self._found[name] = self._find(session, name)
        key, is_ed25519 = self._found[name]
        if is_ed25519:
            return bytes(key.sign(message, mechanism=Mechanism.EDDSA))
        both = bytes(key.sign(sha256(message).digest(), mechanism=Mechanism.ECDSA))
        half = len(both) // 2
        return encode_dss_signature(int.from_bytes(both[:half], "big"), int.from_bytes(both[half:], "big"))

    def _find(self, session: pkcs11.Session, name: str) -> tuple[Any, bool]:
        from pkcs11 import Attribute, ObjectClass

        key: Any = _only(session, ObjectClass.PRIVATE_KEY, name)
        return key, bytes(key[Attribute.EC_PARAMS]) in _ED25519_NAMES

    def _public_key(self, session: pkcs11.Session, name: str) -> bytes:
        from pkcs11 import Attribute, ObjectClass

        _only(session, ObjectClass.PRIVATE_KEY, name)  # a public part alone signs nothing
        key: Any = _only(session, ObjectClass.PUBLIC_KEY, name)
        curve, point = bytes(key[Attribute.EC_PARAMS]), _octets(bytes(key[Attribute.EC_POINT]))
        if curve in _ED25519_NAMES and len(point) == 32:
            return ed25519_info(point)
        if curve == _P256_NAME:
            try:
                return encode_public_key(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point))
            except ValueError:
                pass
        raise ConfigurationError(f"签名设备中的密钥 {name} 应为 Ed25519 或 P-256 密钥。")

    def _opened(self) -> pkcs11.Session:
        if self._refused is not None:
            raise self._refused
        if self._session is None:
            self._session = self._open()
        return self._session

    def _open(self) -> pkcs11.Session:
        import pkcs11
        from pkcs11 import exceptions

        pin = read_secret(self._pin_file, "CERTSVC_PKCS11_PIN_FILE")
        if not self._module.is_file():
            raise ConfigurationError(f"没有找到 PKCS#11 模块 {self._module}。请核对 CERTSVC_PKCS11_MODULE。")
        token = pkcs11.lib(str(self._module)).get_token(token_label=self._token)
        try:
            return token.open(user_pin=pin)
        except exceptions.UserAlreadyLoggedIn:
            return token.open()  # somebody else in this process is: the login is the process's
        except (
            exceptions.PinIncorrect,
            exceptions.PinInvalid,
            exceptions.PinLenRange,
            exceptions.PinLocked,
            exceptions.PinExpired,
        ) as error:
            self._refused = ConfigurationError(
                "签名设备不接受 PIN，已停止使用；为免设备锁定，本进程不再重试。"
                "请核对 CERTSVC_PKCS11_PIN_FILE 后重新启动服务。"
            )
            raise self._refused from error

    def _forget(self) -> None:
        import pkcs11

        session, self._session = self._session, None
        self._found.clear()
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                return  # it had ended by itself


def _only(session: pkcs11.Session, kind: Any, label: str) -> object:
    """The one object of a kind and label; two with one label are refused, for nobody could say which one signs."""
    from pkcs11 import Attribute

    found = list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: label}))
    if not found:
        raise UnknownReference(f"签名设备中没有名为 {label} 的密钥。")
    if len(found) > 1:
        raise ConfigurationError(f"签名设备中有不止一个名为 {label} 的密钥，请只保留一个。")
    return found[0]


def _octets(point: bytes) -> bytes:
    """An EC point, which most tokens wrap as an OCTET STRING and some give bare."""
    return point[2:] if len(point) in (34, 67) and point[:2] in (b"\x04\x20", b"\x04\x41") else point
