"""Reports as files over HTTP: asked for by `Accept` or `?format=`, noted in the audit trail before a byte is sent."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from certsvc.bootstrap.information import ReportFormat, export_bytes
from certsvc.domain.report_table import ReportTable
from certsvc.entrypoints.console.access import Asked, office_of

_TYPES: Final = {
    ReportFormat.CSV: "text/csv",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILE_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES.values()}}
}


def wanted_file(
    request: Request,
    form: Annotated[
        ReportFormat | None, Query(alias="format", description="A file, in place of JSON; or by Accept.")
    ] = None,
) -> ReportFormat | None:
    """The form of the file that is asked for, None for JSON. `format` comes before `Accept`."""
    if form is not None:
        return form
    kinds = [one.partition(";")[0].strip().lower() for one in request.headers.get("accept", "").split(",")]
    return next((known for kind in kinds for known, named in _TYPES.items() if kind == named), None)


WantedFile = Annotated[ReportFormat | None, Depends(wanted_file)]


def file_answer(
    request: Request, table: ReportTable, caller: Asked, place: str | None, form: ReportFormat
) -> Response:
    """A report as a file. Raises NotPermitted for whoever may not export, or not of that place."""
    reports = office_of(request).information.reports
    content, statement = export_bytes(reports, table, caller.caller, place, form)
    name = table.name.replace("/", "-")
    return Response(
        content,
        media_type=_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form.value}"',
            "Cache-Control": "no-store",
            "X-Report-SHA256": statement.digest,
        },
    )
