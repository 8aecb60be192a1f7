"""What signatures and timestamps are validated with: roots, certificates, revocation lists. Nothing is ever fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import crl, pem, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from certsvc.errors import ConfigurationError

_SIGNER_USAGE = frozenset({"digital_signature", "non_repudiation"})
_LARGEST_LIST = 10_000_000  # bytes
LARGEST_LIST_INSIDE = 1_000_000  # bytes
_PART = ("authority_key_identifier", "issuing_distribution_point", "delta_crl_indicator")


@dataclass(frozen=True, slots=True)
class Material:
    """Roots of document signers and of timestamps, certificates between, and the revocation lists of today. Of these none is
    put into an object that is larger than `largest_list` (bytes)."""

    document_roots: tuple[x509.Certificate, ...]
    timestamp_roots: tuple[x509.Certificate, ...]
    certificates: tuple[x509.Certificate, ...]
    lists: tuple[crl.CertificateList, ...]
    largest_list: int = LARGEST_LIST_INSIDE

    def for_documents(self, moment: datetime) -> ValidationContext:
        """For a signer as of an instant, with a revocation list for every certificate of the chain."""
        return validation_context(self.document_roots, moment, self.certificates, self.lists)

    def for_timestamps(self, moment: datetime) -> ValidationContext:
        """The same for the certificate of a timestamp."""
        return validation_context(self.timestamp_roots, moment, self.certificates, self.lists)

    def lists_of(self, paths: Iterable[ValidationPath], moment: datetime) -> list[crl.CertificateList]:
        """The lists in force that speak of the certificates of these paths, of each authority (or part of its list) the newest.

        Raises ListTooLargeError.
        """
        issuers = {_key_of(one) for path in paths for one in path.iter_certs(include_root=False)}
        newest: dict[tuple[bytes, ...], crl.CertificateList] = {}
        for one in sorted(self.lists, key=_begins):
            if _speaks_of(one, issuers) and _is_in_force(one, moment):
                newest[_part(one)] = one
        if any(len(one.dump()) > self.largest_list for one in newest.values()):
            raise ListTooLargeError
        return list(newest.values())


class ListTooLargeError(Exception):
    """A revocation list is too large to stand in every archive object."""


def validation_context(
    roots: Sequence[x509.Certificate],
    moment: datetime,
    certificates: Iterable[x509.Certificate],
    lists: Iterable[crl.CertificateList],
    *,
    looking_back: bool = False,
    lists_needed: bool = True,
) -> ValidationContext:
    """pyHanko's context, which requires a revocation list for each certificate, unless it may do without. `looking_back`: lists
    that were made after the instant count for it as well, as those do that a long-term document carries of itself."""
    return ValidationContext(
        trust_roots=list(roots),
        other_certs=list(certificates),
        crls=list(lists),
        moment=moment,
        revocation_mode="require" if lists_needed else "soft-fail",
        retroactive_revinfo=looking_back,
        allow_fetching=False,
    )


async def signer_path(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], context: ValidationContext
) -> ValidationPath:
    """The validated path of a document signer. Raises what pyHanko raises when there is none."""
    validator = CertificateValidator(certificate, list(others), validation_context=context)
    path: ValidationPath = await validator.async_validate_usage(set(_SIGNER_USAGE))
    return path


async def timestamp_path(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], context: ValidationContext
) -> ValidationPath:
    """The validated path of a timestamp's certificate. Raises what pyHanko raises when there is none."""
    validator = CertificateValidator(certificate, list(others), validation_context=context)
    path: ValidationPath = await validator.async_validate_usage(set(), {"time_stamping"})
    return path


def read_certificates(file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, at least one. Raises ConfigurationError."""
    try:
        raw = file.read_bytes()
        found = tuple(x509.Certificate.load(der, strict=True) for der in _ders(raw, "CERTIFICATE"))
        _ = [one.native for one in found]
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"无法读取证书文件 {file}。请核对 CERTSVC_TIMESTAMP_ROOTS。") from error
    if not found:
        raise ConfigurationError(f"文件 {file} 中没有证书。请核对 CERTSVC_TIMESTAMP_ROOTS。")
    return found


def read_revocation_lists(folder: Path) -> tuple[crl.CertificateList, ...]:
    """The lists in the `*.crl` files of a folder, DER or PEM, one or several a file; none without such a folder.

    Raises ConfigurationError naming a file that is none.
    """
    lists: list[crl.CertificateList] = []
    for file in sorted(folder.glob("*.crl")):
        try:
            if file.stat().st_size > _LARGEST_LIST:
                raise ValueError("too large")
            lists += decode_revocation_lists(file.read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"吊销列表 {file} 无法读取。请换上证书机构公布的吊销列表（DER 或 PEM）。"
            ) from error
    return tuple(lists)


def decode_revocation_lists(raw: bytes) -> list[crl.CertificateList]:
    """The revocation lists (RFC 5280, 5) in PEM or DER. Raises ValueError or TypeError for anything else."""
    ders = _ders(raw, "X509 CRL") if pem.detect(raw) else [raw]
    lists = [crl.CertificateList.load(der, strict=True) for der in ders]
    _ = [one.native for one in lists]
    if not lists:
        raise ValueError("no revocation list")
    return lists


def _ders(raw: bytes, kind: str) -> list[bytes]:
    return [der for name, _, der in pem.unarmor(raw, multiple=True) if re.fullmatch(kind, name)]


def _is_in_force(one: crl.CertificateList, moment: datetime) -> bool:
    body = one["tbs_cert_list"]
    ends = body["next_update"].native
    return body["this_update"].native <= moment and (ends is None or moment <= ends)


def _begins(one: crl.CertificateList) -> datetime:
    begins: datetime = one["tbs_cert_list"]["this_update"].native
    return begins


def _part(one: crl.CertificateList) -> tuple[bytes, ...]:
    """What a list is of: two that agree in this are one after the other. An authority of the same name may have another key;
    a list that does not say which one it is of stands for itself."""
    found = {each["extn_id"].native: each.dump() for each in one["tbs_cert_list"]["crl_extensions"]}
    if _PART[0] not in found:
        return (one.dump(),)
    return one.issuer.dump(), *(found.get(name, b"") for name in _PART)


def _key_of(one: x509.Certificate | crl.CertificateList) -> tuple[bytes, bytes | None]:
    """By whom it is signed: the name, and the identifier of the key, None where it is not said."""
    said = one.authority_key_identifier_value
    return one.issuer.dump(), None if said is None else said["key_identifier"].native


def _speaks_of(one: crl.CertificateList, issuers: set[tuple[bytes, bytes | None]]) -> bool:
    """Whether it is of one of these keys; of another key of the same name only where somebody does not say which it is."""
    name, key = _key_of(one)
    return any(name == other and (key == own or key is None or own is None) for other, own in issuers)
