"""The e-licence identifier 电子证照标识 of a certificate version (GB/T 36904-2018; docs/formats/e-licence.md).

`1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`: which type of licence, which body issued it, its serial number
there, its version in three digits, and the ISO/IEC 7064 MOD 37,36 check character over these parts without root and dots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_number import check_character
from certsvc.domain.unit_codes import read_unit_code

ROOT: Final = "1.2.156.3005.2"
LARGEST_VERSION: Final = 999
LONGEST_IDENTIFIER: Final = 128
SYNTHETIC_TYPE: Final = "111000000000000A23099"
SYNTHETIC_ISSUER: Final = "11220000000000019E"
"""Codes of nobody, for tests: those of the title certificate and of the department are not published."""

_UNIT_CODE_LENGTH: Final = 18
_TYPE: Final = re.compile(r"[0-9A-Z]{18}[0-9]{3}", re.ASCII)
_ISSUER: Final = re.compile(r"[0-9A-Z]{18}|[0-9]{6}", re.ASCII)
_SERIAL: Final = re.compile(r"[0-9A-Z]{1,32}", re.ASCII)
_VERSION: Final = re.compile(r"[0-9]{3}", re.ASCII)


class IdentifierFault(StrEnum):
    """Why a text is no identifier: not of the form, or the check character is another."""

    FORM = "form"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class ELicenceIdentifier:
    """The parts of an identifier.

    `issuer` is a unit code (18 characters) or, as some bodies publish it, a division code (six digits). Raises ValueError
    for a part that is not of its form.
    """

    type_code: str
    issuer: str
    serial: str
    version: int

    def __post_init__(self) -> None:
        written = ((_TYPE, self.type_code), (_ISSUER, self.issuer), (_SERIAL, self.serial))
        if not all(form.fullmatch(part) for form, part in written):
            raise ValueError("a part of the identifier is not of its form")
        if not 1 <= self.version <= LARGEST_VERSION:
            raise ValueError("the version does not fit into three digits")

    def __str__(self) -> str:
        parts = (self.type_code, self.issuer, self.serial, f"{self.version:03d}")
        return ".".join((ROOT, *parts, check_character("".join(parts))))


def read_e_licence_identifier(text: str) -> ELicenceIdentifier | IdentifierFault:
    """The parts of an identifier. Total: every text gives its parts or what is wrong with it."""
    root, *parts = text[len(ROOT) :].split(".") if text.startswith(ROOT) else ("not ours",)
    if root or len(parts) != 5 or len(text) > LONGEST_IDENTIFIER:
        return IdentifierFault.FORM
    type_code, issuer, serial, version, check = parts
    if not _VERSION.fullmatch(version) or not re.fullmatch(r"[0-9A-Z]", check):
        return IdentifierFault.FORM
    try:
        identifier = ELicenceIdentifier(type_code, issuer, serial, int(version))
    except ValueError:
        return IdentifierFault.FORM
    return identifier if str(identifier) == text else IdentifierFault.CHECK


@dataclass(frozen=True, slots=True)
class ELicenceCodes:
    """The two codes of every identifier of one office. Raises ValueError for a code that cannot be one.

    `type_code` 证照类型代码: the unit code of the body that defined the type, and three digits of its own count; `issuer`
    证照颁发机构代码: the unit code of the issuing body. Both unit codes must have their right check character (GB 32100).
    """

    type_code: str
    issuer: str

    def __post_init__(self) -> None:
        if not _TYPE.fullmatch(self.type_code) or not is_unit_code(self.type_code[:_UNIT_CODE_LENGTH]):
            raise ValueError("a unit code of 18 characters and three digits")
        if not is_unit_code(self.issuer):
            raise ValueError("a unit code of 18 characters")

    @property
    def synthetic(self) -> bool:
        """Whether one of them is a code of nobody, which only tests may use."""
        return self.type_code == SYNTHETIC_TYPE or self.issuer == SYNTHETIC_ISSUER


def is_unit_code(text: str) -> bool:
    """Whether a text is exactly a unit code with its right check characters."""
    return read_unit_code(text).code == text


def identify_version(number: str, version: int, codes: ELicenceCodes) -> ELicenceIdentifier:
    """The identifier of a version of a certificate: its number is the serial. Raises ValueError from version 1000 on."""
    return ELicenceIdentifier(codes.type_code, codes.issuer, number, version)


def e_licence_identifier(content: CertificateContent, codes: ELicenceCodes) -> str:
    """The identifier that stands on the face and in the metadata of a certificate version."""
    return str(identify_version(content.number, content.version, codes))


def replaced_identifier(content: CertificateContent, codes: ELicenceCodes) -> str | None:
    """The identifier of the version that this one replaces 关联证照标识; None for the first."""
    if content.version == 1:
        return None
    return str(identify_version(content.number, content.version - 1, codes))
