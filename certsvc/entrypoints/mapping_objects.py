"""The answer about a mapping statement as a JSON object (docs/mapping.md), the same by HTTP and on the command line."""

from __future__ import annotations

from typing import Final

from certsvc.domain.mapping import NO_CERTIFICATE, WORDING, QualificationStanding
from certsvc.domain.series import SERIES
from certsvc.domain.titles import title_name
from certsvc.stages.mapping import MappingAnswer

SCHEMA: Final = "certsvc-mapping/1"
NOT_FOUND: Final = "statement-not-found"
_FINDINGS: Final = {
    NOT_FOUND: (
        "undetermined",
        "未查询到相符的对应职称说明，请核对查询编号、姓名和证件号码后四位。",
        "No statement agrees with this reference, name and last four characters.",
    ),
    "qualification-annulled": (
        "failed",
        "所依据的职业资格已被取消，不再具有对应职称。",
        "The qualification has been annulled: it corresponds to no title any more.",
    ),
    "qualification-unknown": (
        "failed",
        "职业资格查询中没有所依据的证书，对应职称不能成立。",
        "The qualification certificate is not known to those who issue it.",
    ),
    "qualification-not-established": (
        "undetermined",
        "所依据的职业资格目前是否有效，本系统无法核实；请查验职业资格证书。",
        "Whether the qualification is in force cannot be established here; please check its certificate.",
    ),
    "correspondence-ended": (
        "failed",
        "现行对应目录中没有这一职业资格，目前不具有对应职称。",
        "The list in force does not name the qualification: it corresponds to no title today.",
    ),
}
_OF_STANDING: Final = {
    QualificationStanding.ANNULLED: "qualification-annulled",
    QualificationStanding.UNKNOWN_CERTIFICATE: "qualification-unknown",
    QualificationStanding.NOT_ESTABLISHED: "qualification-not-established",
}


def mapping_object(answer: MappingAnswer | None) -> dict[str, object]:
    """The answer: `verdict` follows from the findings as in a verdict on a certificate."""
    if answer is None:
        return {**_EMPTY, "verdict": "undetermined", "findings": [_finding(NOT_FOUND)]}
    codes = ["correspondence-ended"] if answer.line is None else []
    codes += [code for standing, code in _OF_STANDING.items() if standing is answer.standing]
    effects = {_FINDINGS[code][0] for code in codes}
    line, qualification = answer.line, answer.qualification
    return {
        **_EMPTY,
        "verdict": next((one for one in ("failed", "undetermined") if one in effects), "passed"),
        "reference": answer.reference,
        "holder": answer.holder,
        "qualification": {
            "name": qualification.name,
            "grade": qualification.grade,
            "obtained_on": qualification.obtained_on.isoformat(),
        },
        "title": None
        if line is None
        else {"series": SERIES[line.series], "level": line.level.label, "title": title_name(line.title)},
        "list": answer.list_document,
        "on": answer.on.isoformat(),
        "findings": [_finding(code) for code in codes],
    }


_EMPTY: Final[dict[str, object]] = {
    "schema": SCHEMA,
    "kind": WORDING,
    "note": NO_CERTIFICATE,
    "verdict": None,
    "reference": None,
    "holder": None,
    "qualification": None,
    "title": None,
    "list": None,
    "on": None,
    "findings": [],
}


def _finding(code: str) -> dict[str, str]:
    _effect, zh, en = _FINDINGS[code]
    return {"code": code, "zh": zh, "en": en}
