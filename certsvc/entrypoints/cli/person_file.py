"""A person named to a command in a file: document numbers stand in no process list and no shell history."""

from __future__ import annotations

from typing import IO, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from certsvc.domain.identity import IdKind
from certsvc.errors import UnreadableInput


class PersonForm(BaseModel):
    """Name and document of a person."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: str = Field(max_length=100)
    id_kind: IdKind = Field(strict=False)
    id_number: str = Field(max_length=64)


class _DocumentForm(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id_kind: IdKind = Field(strict=False)
    id_number: str = Field(max_length=64)


class PairForm(BaseModel):
    """Two documents of one person."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    one: _DocumentForm
    other: _DocumentForm


MOST_BYTES = 4096
_Form = TypeVar("_Form", bound=BaseModel)


def read_person(file: IO[bytes]) -> PersonForm:
    """The person of a file. Raises UnreadableInput, without repeating what stands there."""
    return _read(file, PersonForm, '{"name": …, "id_kind": "居民身份证", "id_number": …}')


def read_pair(file: IO[bytes]) -> PairForm:
    """The two documents of a file. Raises UnreadableInput."""
    shape = '{"one": {"id_kind": …, "id_number": …}, "other": {"id_kind": …, "id_number": …}}'
    return _read(file, PairForm, shape)


def _read(file: IO[bytes], model: type[_Form], shape: str) -> _Form:
    try:
        return model.model_validate_json(file.read(MOST_BYTES))
    except ValidationError:
        raise UnreadableInput(f"人员文件有误。应为 JSON：{shape}。请更正后重试。") from None
