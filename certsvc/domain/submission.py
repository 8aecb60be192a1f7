"""A submission 报送: the filed workbook, first as cells, then as typed values.

`RawWorkbook` is what an adapter read from XLSX, CSV or JSON, without judgement. `Submission` is the same
content as typed values; a value that could not be read is None and its column stands in `unreadable`, so that
the rules can go on and every problem is told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from certsvc.domain.identity import IdDocument
from certsvc.domain.levels import Level

Cell = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """Cells as read. `header`: key -> value of 批次信息; `rows`: one mapping column -> cell per row of 汇总表.

    `columns` is the header row as written (order, duplicates and blanks kept). `digest` is the SHA-256 of the
    file's bytes, hex: the identity of the filing. `oddities` names what a reader of cells alone cannot see
    (merged cells, formulas, hidden rows or columns, macros), in Chinese, each with its place. `pictures`: file name ->
    SHA-256 (hex) of the pictures the file carries.
    """

    digest: str
    header: tuple[tuple[str, Cell], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    oddities: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicityClaim:
    """One place of publicity 公示 as the header claims it; both dates are local (Asia/Shanghai)."""

    place: str | None
    url: str | None
    starts_on: date | None
    ends_on: date | None
    evidence_sha256: str | None


@dataclass(frozen=True, slots=True)
class FilingStepClaim:
    """One level of the filing chain 备案 as the header claims it."""

    level: str | None  # 省 / 市州 / 当地
    filed_by: str | None  # code of a committee or of an HRSS department
    filed_on: date | None
    receipt: str | None


@dataclass(frozen=True, slots=True)
class BatchHeader:
    """The sheet 批次信息, typed. Names in comments are the keys of the sheet."""

    batch_ref: str | None  # 批次编号
    committee_code: str | None  # 评委会代码
    channel: str | None  # 申报类别
    review_year: int | None  # 评审年度
    approval_ref: str | None  # 例会批复文号
    approval_on: date | None  # 例会批复日期
    meeting_starts_on: date | None  # 评审开始日期
    meeting_ends_on: date | None  # 评审结束日期
    reported_on: date | None  # 结果报送日期
    publicity: tuple[PublicityClaim, ...]  # 公示1..., 公示2...
    filing_steps: tuple[FilingStepClaim, ...]  # 备案1..., 备案2...
    announcing_body: str | None  # 公布文件发文单位
    announcement_ref: str | None  # 公布文号
    announcement_title: str | None  # 公布文件标题
    announcement_on: date | None  # 公布日期
    applicants: int | None  # 申报人数
    passed: int | None  # 通过人数
    row_count: int | None  # 行数
    vacancy_plan_ref: str | None = None  # 空岗使用计划备案号
    ratio_approved_by: str | None = None  # 通过比例核准单位
    ratio_approval_ref: str | None = None  # 通过比例核准文号
    approved_ratio: Mapping[Level, int] = field(default_factory=dict)  # ××级核定通过比例, percent
    approved_quota: Mapping[Level, int] = field(default_factory=dict)  # ××级核定数额
    applicants_by_level: Mapping[Level, int] = field(default_factory=dict)  # 申报人数_××级
    application_ref: str | None = None  # 申报系统受理号
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SubmittedRow:
    """One row of 汇总表, typed and normalised. None: empty, or unreadable (then the column is named there)."""

    number: int  # 序号
    name: str | None  # 姓名, NFC
    document: IdDocument | None  # 证件类型 + 证件号码, checked
    sex: str | None  # 性别: 男 / 女
    born_on: date | None  # 出生日期
    unit_name: str | None  # 工作单位
    unit_code: str | None  # 统一社会信用代码, checked
    unit_region: str | None  # 单位所属行政区划, six digits
    unit_kind: str | None  # 单位类别
    person_kind: str | None  # 人员类别
    series: str | None  # 申报系列
    specialty: str | None  # 申报专业
    level: Level | None  # 申报级别
    title: str | None  # 职称名称
    way: str | None  # 取得方式
    base_title: str | None  # 现职称
    base_level: Level | None  # 现职称级别
    base_on: date | None  # 现职称取得时间
    appointed_on: date | None  # 聘任起始时间
    validity_area: str | None  # 有效区域, six digits
    post: str | None  # 岗位说明
    exam_ref: str | None  # 考试合格证明编号
    exam_valid_to: date | None  # 考试有效期至
    continuing_education: str | None  # 继续教育情况
    applied_on: date | None  # 申报日期
    reviewed_on: date | None  # 评审日期
    result: str | None  # 评审结果
    objection: str | None  # 公示结果
    basis_ref: str | None  # 依据文号
    remark: str | None  # 备注
    sub_unit: str | None = None  # 二级单位
    base_dual_directed: bool = False  # 现职称 carries the mark 双定向
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Submission:
    """The whole filed batch as typed values."""

    digest: str
    header: BatchHeader
    rows: tuple[SubmittedRow, ...]
