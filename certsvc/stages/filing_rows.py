"""One row of 汇总表 as typed values; the identity of the person is checked as far as the row itself can tell."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from certsvc.domain import intake_words as words
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.names import NameFlaw, read_name
from certsvc.domain.rules import intake as rules
from certsvc.domain.rules import intake_person as person
from certsvc.domain.rules.intake_person import ID_RULES, NAME_RULES, UNIT_CODE_RULES
from certsvc.domain.rules.registry import Rule
from certsvc.domain.submission import Cell, SubmittedRow
from certsvc.domain.unit_codes import UnitCodeReading, read_unit_code
from certsvc.domain.written_values import forbidden_in, read_text
from certsvc.stages.filing_cells import CellReader

_DUAL_MARK = re.compile(r"\s*[（(【\[]?\s*[“\"]?双定向[”\"]?\s*[）)】\]]?\s*")
_SEX_OF = {True: "男", False: "女"}
_PERSON_KINDS = "、".join(sorted(words.PERSON_KINDS))
_EDUCATION_STATES = "合格、不合格，或学时证明编号"
_YOUNGEST = 16
_OLDEST = 100


class RowTyping:
    """Types rows, each as the cells of `intake_words.COLUMNS` in that order.

    `absent` are columns that the table does not have: told once for the file, not once a row.
    `met_on` is the day of the review meeting; without it no age is judged.
    """

    def __init__(self, reader: CellReader, absent: frozenset[str], met_on: date | None) -> None:
        self._reader = reader
        self._absent = absent
        self._met_on = met_on
        self._unit_codes: dict[str, UnitCodeReading] = {}

    def type_row(self, number: int, cells: tuple[Cell, ...]) -> SubmittedRow:
        """The typed row; findings and unreadable columns go to the reader."""
        reader = self._reader
        reader.start(number)
        (
            _serial, name, kind, id_number, sex, born_on, unit_name, unit_code, region, unit_kind, person_kind,
            series, specialty, level, title, way, base_title, base_level, base_on, appointed_on, area, post,
            exam_ref, exam_valid_to, education, applied_on, reviewed_on, result, objection, basis, remark,
            sub_unit,
        ) = cells  # fmt: skip
        text, day = reader.text, reader.day
        base_title_text, title_mark = _without_mark(text(base_title, "现职称"))
        base_level_text, level_mark = _without_mark(text(base_level, "现职称级别"))
        row = SubmittedRow(
            number=number,
            name=self._name(name),
            document=self._document(kind, id_number),
            sex=self._sex(sex),
            born_on=day(born_on, "出生日期"),
            unit_name=text(unit_name, "工作单位"),
            unit_code=self._unit_code(unit_code),
            unit_region=reader.area(region, "单位所属行政区划"),
            unit_kind=reader.word(unit_kind, "单位类别", words.UNIT_KINDS),
            person_kind=reader.worded(person_kind, "人员类别", words.is_person_kind, _PERSON_KINDS),
            series=text(series, "申报系列"),
            specialty=text(specialty, "申报专业"),
            level=reader.level(level, "申报级别"),
            title=text(title, "职称名称"),
            way=text(way, "取得方式"),
            base_title=base_title_text,
            base_level=reader.level(base_level_text, "现职称级别"),
            base_on=day(base_on, "现职称取得时间"),
            appointed_on=day(appointed_on, "聘任起始时间"),
            validity_area=reader.area(area, "有效区域"),
            post=text(post, "岗位说明"),
            exam_ref=text(exam_ref, "考试合格证明编号"),
            exam_valid_to=day(exam_valid_to, "考试有效期至"),
            continuing_education=reader.worded(
                education, "继续教育情况", words.is_education_state, _EDUCATION_STATES
            ),
            applied_on=day(applied_on, "申报日期"),
            reviewed_on=day(reviewed_on, "评审日期"),
            result=reader.word(result, "评审结果", words.RESULTS),
            objection=reader.word(objection, "公示结果", words.OBJECTIONS),
            basis_ref=text(basis, "依据文号"),
            remark=text(remark, "备注"),
            sub_unit=text(sub_unit, "二级单位"),
            base_dual_directed=title_mark or level_mark,
        )
        self._check_filled(row)
        self._check_unit(row)
        self._check_identity(row)
        if reader.unreadable or self._absent:
            return replace(row, unreadable=frozenset(reader.unreadable) | self._absent)
        return row

    def _name(self, cell: Cell) -> str | None:
        written = read_text(cell)
        if written is None:
            self._report_empty(NAME_RULES[NameFlaw.EMPTY], "姓名")
            return None
        reading = read_name(written)
        if reading.name == written:
            return written
        if forbidden_in(written):
            self._reader.reject(rules.FORBIDDEN_CHARACTER, "姓名", name="姓名")
            return None
        for flaw in reading.flaws:
            self._reader.report(NAME_RULES[flaw], "姓名")
        if reading.name is None:
            self._reader.unreadable.add("姓名")
        return reading.name

    def _document(self, kind_cell: Cell, number_cell: Cell) -> IdDocument | None:
        kind_text = self._reader.text(kind_cell, "证件类型")
        kind = words.ID_KINDS.get(kind_text or "")
        if kind is None and "证件类型" not in self._reader.unreadable | self._absent:
            self._reader.reject(person.ID_KIND_UNKNOWN, "证件类型")
        if read_text(number_cell) is None:
            self._report_empty(rules.VALUE_MISSING, "证件号码")
            return None
        if not isinstance(number_cell, str):
            self._reader.reject(person.ID_NUMBER_CELL, "证件号码")
            return None
        return self._numbered(kind, number_cell)

    def _numbered(self, kind: IdKind | None, written: str) -> IdDocument | None:
        reading = None if kind is None else read_id(kind, written)
        if reading is not None and not reading.flaws:
            return reading.document
        if forbidden_in(written.strip()):
            self._reader.reject(rules.FORBIDDEN_CHARACTER, "证件号码", name="证件号码")
            return None
        if reading is None:
            self._reader.unreadable.add("证件号码")
            return None
        for flaw in reading.flaws:
            self._reader.report(ID_RULES[flaw], "证件号码")
        if reading.document is None:
            self._reader.unreadable.add("证件号码")
        return reading.document

    def _sex(self, cell: Cell) -> str | None:
        text = self._reader.text(cell, "性别")
        sex = words.SEXES.get(text or "")
        if text is not None and sex is None:
            self._reader.reject(rules.UNKNOWN_WORD, "性别", name="性别", words="男、女")
        return sex

    def _unit_code(self, cell: Cell) -> str | None:
        text = self._reader.text(cell, "统一社会信用代码")
        if text is None:
            return None
        reading = self._unit_codes.get(text)
        if reading is None:
            reading = self._unit_codes[text] = read_unit_code(text)
        for flaw in reading.flaws:
            self._reader.report(UNIT_CODE_RULES[flaw], "统一社会信用代码")
        if reading.code is None:
            self._reader.unreadable.add("统一社会信用代码")
        return reading.code

    def _report_empty(self, rule: Rule, column: str) -> None:
        if column not in self._reader.unreadable and column not in self._absent:
            self._reader.report(rule, column, name=column)

    def _check_filled(self, row: SubmittedRow) -> None:
        for column, value in (
            ("性别", row.sex),
            ("出生日期", row.born_on),
            ("单位所属行政区划", row.unit_region),
            ("单位类别", row.unit_kind),
            ("人员类别", row.person_kind),
            ("申报系列", row.series),
            ("申报专业", row.specialty),
            ("申报级别", row.level),
            ("职称名称", row.title),
            ("取得方式", row.way),
            ("申报日期", row.applied_on),
            ("评审日期", row.reviewed_on),
            ("评审结果", row.result),
            ("公示结果", row.objection),
        ):
            if value is None:
                self._report_empty(rules.VALUE_MISSING, column)

    def _check_unit(self, row: SubmittedRow) -> None:
        if row.unit_kind in words.UNIT_FREE_KINDS:
            return
        unreadable = self._reader.unreadable
        if row.unit_name is None and "工作单位" not in unreadable:
            self._report_empty(person.UNIT_MISSING, "工作单位")
        elif row.unit_code is None:
            self._report_empty(person.UNIT_MISSING, "统一社会信用代码")
        if row.unit_kind == words.ENTERPRISE_KIND and (row.unit_code or "").startswith(
            words.INSTITUTION_PREFIX
        ):
            self._reader.report(person.UNIT_KIND_DIFFERS, "单位类别")

    def _check_identity(self, row: SubmittedRow) -> None:
        """Sex and birth are compared only with a number that is right itself."""
        document = row.document
        if (
            document is not None
            and document.male is not None
            and row.sex not in (None, _SEX_OF[document.male])
        ):
            self._reader.report(person.SEX_DIFFERS, "性别")
        said = None if document is None else document.born_on
        if said is not None and row.born_on not in (None, said):
            self._reader.report(person.BIRTH_DIFFERS, "出生日期")
        if said is not None:
            self._check_age(said, "证件号码")
        elif row.born_on is not None:
            self._check_age(row.born_on, "出生日期")

    def _check_age(self, born_on: date, column: str) -> None:
        if self._met_on is None:
            return
        before_birthday = (self._met_on.month, self._met_on.day) < (born_on.month, born_on.day)
        age = self._met_on.year - born_on.year - before_birthday
        if age < _YOUNGEST:
            self._reader.report(person.BIRTH_IN_FUTURE, column)
        elif age > _OLDEST:
            self._reader.report(person.BIRTH_TOO_EARLY, column)


def _without_mark(text: str | None) -> tuple[str | None, bool]:
    """The text without the mark 双定向, and whether it had the mark."""
    if text is None or "双定向" not in text:
        return text, False
    return _DUAL_MARK.sub("", text) or None, True
