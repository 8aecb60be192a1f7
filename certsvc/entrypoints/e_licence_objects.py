"""The metadata of an e-licence as every face gives them (docs/formats/e-licence.md)."""

from __future__ import annotations

from typing import Any

from certverify.verdict import StatusWord

from certsvc.entrypoints.status_words import status_label
from certsvc.formats.e_licence import METADATA_FORMAT
from certsvc.formats.e_licence_schema import metadata_schema
from certsvc.stages.e_licence_answers import ELicence


def e_licence_object(answer: ELicence) -> dict[str, Any]:
    """The answer: metadata, and the status of the certificate version now."""
    return {
        "e_licence": {"format": METADATA_FORMAT, **answer.fields},
        "status": answer.status.value,
        "status_label": status_label(answer.status),
    }


def answer_schema() -> dict[str, Any]:
    """The JSON schema of an answer with metadata."""
    status = {
        "enum": [word.value for word in StatusWord],
        "description": "Status of this version now, as in a verdict; unknown 无法判定 while the log is not fresh.",
    }
    return {
        "title": "ELicenceAnswer",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "e_licence": {key: value for key, value in metadata_schema().items() if key[0] != "$"},
            "status": status,
            "status_label": {"type": "string"},
        },
        "required": ["e_licence", "status", "status_label"],
    }
