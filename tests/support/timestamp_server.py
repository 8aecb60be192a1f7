"""A timestamp authority (RFC 3161) for the tests: real tokens by a clock that the test sets, on loopback or in memory, and
every way of lying that a client must see through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Event, Thread

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute

_POLICY = "1.3.6.1.4.1.99999.1"
_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)


class Behaviour(Enum):
    """How the server answers."""

    GOOD = "good"
    SLOW = "slow"
    TRICKLING = "trickling"
    DRIPPING_HEADERS = "dripping-headers"
    BROKEN = "broken"
    REDIRECTING = "redirecting"
    GARBAGE = "garbage"
    ENDLESS = "endless"
    OTHER_TYPE = "other-type"
    REFUSING = "refusing"
    WRONG_IMPRINT = "wrong-imprint"
    WRONG_ALGORITHM = "wrong-algorithm"
    WRONG_NONCE = "wrong-nonce"
    NO_NONCE = "no-nonce"
    WRONG_SIGNATURE = "wrong-signature"
    ALTERED_AFTER_SIGNING = "altered-after-signing"
    EARLIER_TIME = "earlier-time"
    LATER_TIME = "later-time"
    NO_TOKEN = "no-token"


@dataclass(frozen=True)
class Unit:
    """A key of the authority with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


class TimestampAuthority:
    """A root and units below it. `now` is its clock."""

    def __init__(self, start: datetime, name: str = "时间戳测试根证书") -> None:
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.start = start - _DAY
        self.root = self._issue(name, self._key, self.start, 30 * _YEAR, usage=None)
        self.now: Callable[[], datetime] = lambda: start
        self._revoked: list[tuple[x509.Certificate, datetime]] = []
        self._serials = count(1)
        self.asked = 0

    def unit(
        self,
        start: datetime,
        life: timedelta,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
    ) -> Unit:
        """A key with a certificate from then on for so long."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Unit(key, self._issue("时间戳测试单元", key, start, life, usage))

    def revoke(self, unit: Unit, at: datetime) -> None:
        """From now on the list names it."""
        self._revoked.append((unit.certificate, at))

    def revocation_list(self, at: datetime | None = None, life: timedelta = 540 * _DAY) -> bytes:
        """The list (PEM) of that time, as long good as a unit: longer than any authority would let it."""
        made = at or self.start
        building = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(made)
            .next_update(made + life)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(self._authority_key(), critical=False)
        )
        for certificate, revoked_at in self._revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
            building = building.add_revoked_certificate(entry.revocation_date(revoked_at).build())
        return building.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def write_to(self, folder: Path, at: datetime | None = None) -> Path:
        """Put the root and the list of that time into a folder as an operator would; the file of the root."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "timestamps.crl").write_bytes(self.revocation_list(at))
        roots = folder / "timestamp-roots.pem"
        roots.write_bytes(self.root.public_bytes(Encoding.PEM))
        return roots

    def answer(self, raw_request: bytes, unit: Unit, behaviour: Behaviour = Behaviour.GOOD) -> bytes:
        """The response (DER) to a request."""
        self.asked += 1
        if behaviour is Behaviour.REFUSING:
            return bytes.fromhex("30053003020102")  # status 2 and no token (RFC 3161, 2.4.2)
        if behaviour is Behaviour.NO_TOKEN:
            return bytes.fromhex("30053003020100")  # granted, and no token
        request = tsp.TimeStampReq.load(raw_request, strict=True)
        stamp = self._stamp(request, behaviour)
        token = _token(stamp, unit, behaviour)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()

    def _stamp(self, request: tsp.TimeStampReq, behaviour: Behaviour) -> tsp.TSTInfo:
        imprint, nonce = request["message_imprint"], request["nonce"].native
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        if behaviour is Behaviour.WRONG_IMPRINT:
            digest = sha256(b"another document").digest()
        if behaviour is Behaviour.WRONG_ALGORITHM:
            algorithm = "sha3_256"
        skew = {Behaviour.EARLIER_TIME: -1, Behaviour.LATER_TIME: 1}.get(behaviour, 0)
        fields = {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest},
            "serial_number": next(self._serials),
            "gen_time": self.now() + timedelta(hours=skew),
        }
        if behaviour is not Behaviour.NO_NONCE:
            fields["nonce"] = nonce + 1 if behaviour is Behaviour.WRONG_NONCE else nonce
        return tsp.TSTInfo(fields)

    def _issue(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        start: datetime,
        life: timedelta,
        usage: x509.ObjectIdentifier | None,
    ) -> x509.Certificate:
        is_ca = usage is None
        building = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self._name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + life)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(self._authority_key(), critical=False)
        )
        if usage is not None:
            building = building.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return building.sign(self._key, SHA256())

    def _authority_key(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())


class TimestampServer:
    """An authority behind an address. What it does, and with which unit, may be changed while it runs."""

    def __init__(self, authority: TimestampAuthority, unit: Unit) -> None:
        self.authority, self.unit, self.behaviour = authority, unit, Behaviour.GOOD
        self.after: tuple[int, Behaviour] | None = None
        self.address = ""
        self.ending = Event()

    def turn_bad_after(self, answers: int, behaviour: Behaviour) -> None:
        """Go on well for so many answers, and then no more."""
        self.after = (self.authority.asked + answers, behaviour)

    def now_doing(self) -> Behaviour:
        """How the next question is answered."""
        if self.after is not None and self.authority.asked >= self.after[0]:
            return self.after[1]
        return self.behaviour


@contextmanager
def timestamp_server(authority: TimestampAuthority, unit: Unit) -> Iterator[TimestampServer]:
    """A server on a port of loopback while the block runs."""
    server = TimestampServer(authority, unit)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw_request = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            _respond(self, server, raw_request)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.address = f"http://127.0.0.1:{http.server_address[1]}/tsa"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        http.shutdown()
        thread.join()
        http.server_close()


def _respond(handler: BaseHTTPRequestHandler, server: TimestampServer, raw_request: bytes) -> None:
    behaviour = server.now_doing()
    if behaviour is Behaviour.SLOW:
        server.ending.wait(5)
        return
    if behaviour is Behaviour.DRIPPING_HEADERS:
        drip_headers(handler, server.ending)
        return
    status = {Behaviour.BROKEN: 503, Behaviour.REDIRECTING: 307}.get(behaviour, 200)
    body = server.authority.answer(raw_request, server.unit, behaviour)
    if behaviour is Behaviour.GARBAGE:
        body = body[: len(body) // 2]
    if behaviour is Behaviour.ENDLESS:
        body += bytes(1 << 20)
    handler.send_response(status)
    kind = "text/html" if behaviour is Behaviour.OTHER_TYPE else "application/timestamp-reply"
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    if behaviour is Behaviour.REDIRECTING:
        handler.send_header("Location", server.address)
    handler.end_headers()
    try:
        if behaviour is Behaviour.TRICKLING:
            for one in body:
                handler.wfile.write(bytes([one]))
                handler.wfile.flush()
                if server.ending.wait(0.05):
                    return
        else:
            handler.wfile.write(body)
    except OSError:
        return  # who asked has gone


def drip_headers(handler: BaseHTTPRequestHandler, ending: Event) -> None:
    """Answer with headers that never end, a byte at a time, until whoever asked has gone."""
    try:
        for one in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 400:
            handler.wfile.write(bytes([one]))
            handler.wfile.flush()
            if ending.wait(0.05):
                return
    except OSError:
        return


def _token(stamp: tsp.TSTInfo, unit: Unit, behaviour: Behaviour) -> cms.ContentInfo:
    certificate = asn1_x509.Certificate.load(unit.certificate.public_bytes(Encoding.DER))
    content = stamp.dump()
    attributes = cms.CMSAttributes(
        [
            simple_cms_attribute("content_type", "tst_info"),
            simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(certificate)),
            simple_cms_attribute("message_digest", sha256(content).digest()),
        ]
    )
    signed = attributes.dump() if behaviour is not Behaviour.WRONG_SIGNATURE else b"something else"
    if behaviour is Behaviour.ALTERED_AFTER_SIGNING:
        altered = stamp.copy()
        altered["serial_number"] = 4711
        content = altered.dump()
    algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                )
            }
        ),
        "digest_algorithm": algorithm,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signed_attrs": attributes,
        "signature": unit.key.sign(signed, ec.ECDSA(SHA256())),
    }
    body = {
        "version": "v3",
        "digest_algorithms": [algorithm],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
        "certificates": [certificate],
        "signer_infos": [cms.SignerInfo(signer)],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)})


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
