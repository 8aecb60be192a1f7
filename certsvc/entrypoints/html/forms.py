"""Forms that a page posts: urlencoded or multipart, bounded, each field read by name. Nothing is taken that is not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from certsvc.errors import RequestError

LONGEST_TEXT: Final = 20_000
_KINDS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_MOST_FIELDS: Final = 500
_MOST_FILES: Final = 5
_UNREADABLE: Final = "表单内容无法读取。请返回上一页，重新填写后提交。"


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as the browser sent it; the name is the user's own text."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class GivenForm:
    """Fields and files of one form."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, GivenFile] = field(default_factory=dict)

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """The field's one value without the spaces around it; empty where it is missing. Raises RequestError."""
        values = self.fields.get(name, ("",))
        if len(values) != 1 or len(values[0]) > longest:
            raise RequestError(_UNREADABLE)
        return values[0].strip()

    def choices(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be chosen several times."""
        return self.fields.get(name, ())

    def is_ticked(self, name: str) -> bool:
        """Whether a tick box was ticked."""
        return name in self.fields

    def file(self, name: str) -> GivenFile | None:
        """The chosen file; None where none was chosen."""
        return self.files.get(name)


async def given_form(request: Request) -> GivenForm:
    """The form of a request; asked again it is the same. Raises RequestError for a body that is none."""
    known: GivenForm | None = getattr(request.state, "given_form", None)
    if known is not None:
        return known
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _KINDS:
        raise RequestError(_UNREADABLE)
    try:
        form = await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
    except (HTTPException, MultiPartException, MultipartParseError, KeyError, ValueError) as error:
        if isinstance(error, HTTPException) and error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        raise RequestError(_UNREADABLE) from error
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, GivenFile] = {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields[name] = (*fields.get(name, ()), value)
        elif value.filename:
            files[name] = GivenFile(value.filename, await value.read())
    await form.close()  # a large file waits on the disk
    given = GivenForm(fields, files)
    request.state.given_form = given
    return given
