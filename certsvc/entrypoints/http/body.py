"""Request bodies, read up to a limit: a program cannot fill the memory by sending on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http import HTTPStatus

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from certsvc.errors import RequestError


async def read_body(request: Request, most: int) -> bytes:
    """The whole body, at most `most` bytes. Raises HTTPException 413 as soon as it is known to be longer."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    pieces, length = [], 0
    async for piece in request.stream():
        length += len(piece)
        if length > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        pieces.append(piece)
    return b"".join(pieces)


async def uploaded_file(request: Request, raw_body: bytes, field: str) -> tuple[bytes, str]:
    """The one file of a multipart form under a field, with its name. Raises RequestError for any other form."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield raw_body

    try:
        form = await MultiPartParser(request.headers, whole(), max_files=1, max_fields=0).parse()
    except (MultiPartException, MultipartParseError, KeyError) as error:
        raise RequestError(_ONE_FILE.format(field)) from error
    try:
        upload = form.get(field)
        if not isinstance(upload, UploadFile):
            raise RequestError(_ONE_FILE.format(field))
        return await upload.read(), upload.filename or ""
    finally:
        await form.close()


_ONE_FILE = "表单里须有且只有一个名为 {} 的文件。"
