"""Golden vectors of the e-licence: identifiers, and the exact bytes of metadata (docs/formats/e-licence.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from certsvc.domain.e_licence import (
    SYNTHETIC_ISSUER,
    SYNTHETIC_TYPE,
    ELicenceCodes,
    IdentifierFault,
    read_e_licence_identifier,
)
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.formats.e_licence import describe_e_licence, encode_e_licence
from scripts.vector_material import PEOPLE, content_of

CODES = ELicenceCodes(SYNTHETIC_TYPE, SYNTHETIC_ISSUER)
PUBLISHED = (
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
    "1.2.156.3005.2.111000000000000A23099.11220000000000019E.2220260400000001.001.L",
)
_OTHER_DOCUMENTS = (
    IdDocument(IdKind.PASSPORT, "E00000000"),
    IdDocument(IdKind.HK_MACAO_TRAVEL, "H00000000"),
    IdDocument(IdKind.TAIWAN_TRAVEL, "00000000"),
    IdDocument(IdKind.HK_MACAO_TAIWAN_RESIDENCE, "810000199001010019"),
    IdDocument(IdKind.FOREIGN_PERMANENT_RESIDENCE, "XXX220190010100"),
)


def e_licence_vectors() -> dict[str, Any]:
    """Identifiers with what is read of them, and metadata of made-up holders with whole and with masked numbers."""
    return {
        "codes": {"type_code": CODES.type_code, "issuer": CODES.issuer},
        "identifiers": [{"identifier": one, **_read(one)} for one in PUBLISHED],
        "metadata": _metadata(),
    }


def _read(identifier: str) -> dict[str, Any]:
    read = read_e_licence_identifier(identifier)
    if isinstance(read, IdentifierFault):
        return {"fault": read.value, "parts": None}
    parts = {
        "type_code": read.type_code,
        "issuer": read.issuer,
        "serial": read.serial,
        "version": read.version,
    }
    return {"fault": None, "parts": parts}


def _metadata() -> list[dict[str, Any]]:
    contents = [content_of(serial, person) for serial, person in enumerate(PEOPLE, start=1)]
    contents.append(replace(contents[1], version=2))
    contents += [
        replace(contents[0], award=replace(contents[0].award, document=document))
        for document in _OTHER_DOCUMENTS
    ]
    return [
        {
            "number": content.number,
            "version": content.version,
            "id_kind": content.award.document.kind.value,
            "id_number": content.award.document.number,
            "whole_number": whole,
            "bytes": encode_e_licence(
                describe_e_licence(
                    content,
                    CODES,
                    name=content.award.name,
                    holder_code=content.award.document.printed(whole=whole),
                )
            ).decode(),
        }
        for content in contents
        for whole in (False, True)
    ]
