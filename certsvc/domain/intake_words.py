"""The words of the intake format: columns of 汇总表, keys of 批次信息, and the closed sets of values."""

from __future__ import annotations

import re

from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level

HEADER_SHEET = "批次信息"
ROWS_SHEET = "汇总表"
FORMAT_VERSION = "1"
MOST_ROWS = 20_000
LARGEST_FILE = 32 * 1024 * 1024  # bytes

COLUMNS = (
    "序号",
    "姓名",
    "证件类型",
    "证件号码",
    "性别",
    "出生日期",
    "工作单位",
    "统一社会信用代码",
    "单位所属行政区划",
    "单位类别",
    "人员类别",
    "申报系列",
    "申报专业",
    "申报级别",
    "职称名称",
    "取得方式",
    "现职称",
    "现职称级别",
    "现职称取得时间",
    "聘任起始时间",
    "有效区域",
    "岗位说明",
    "考试合格证明编号",
    "考试有效期至",
    "继续教育情况",
    "申报日期",
    "评审日期",
    "评审结果",
    "公示结果",
    "依据文号",
    "备注",
    "二级单位",
)
# Columns that a filing may leave out as a whole: whether a row needs them is for the gate to say.
OPTIONAL_COLUMNS = frozenset(
    {
        "聘任起始时间",
        "有效区域",
        "岗位说明",
        "考试合格证明编号",
        "考试有效期至",
        "继续教育情况",
        "依据文号",
        "备注",
        "二级单位",
    }
)
# Columns that a filing may carry; no certificate shows them, and only their agreement is checked.
PHOTO_COLUMNS = frozenset({"照片文件名", "照片摘要"})
# A column of files that we give back for correction: what the gate said of the row. Nobody reads it when it comes again.
FINDINGS_COLUMN = "审查意见"

UNIT_FREE_KINDS = frozenset({"乡村", "自由职业", "自由职业者"})
INSTITUTION_PREFIX = "12"
ENTERPRISE_KIND = "企业"
SEXES = {"男": "男", "女": "女", "1": "男", "2": "女"}
UNIT_KINDS = frozenset({"事业", "企业", "评聘结合", "自主评审"}) | UNIT_FREE_KINDS
PERSON_KINDS = frozenset({"编内", "编外", "人事代理", "自聘", "企业职工", "自由职业", "自由职业者", "其他"})
# Whoever is one of these may not apply (case 33): the gate says so, whatever words stand around.
BARRED_PERSONS = ("公务员", "参公", "参照公务员", "管理岗", "离退休", "退休", "离休")
RESULTS = frozenset({"通过", "未通过"})
OBJECTIONS = frozenset({"无异议", "有异议", "异议不成立", "异议成立"})
EDUCATION_DONE = "合格"
EDUCATION_NOT_DONE = ("不合格", "未", "无", "否")  # how such words begin

ID_KINDS = {kind.value: kind for kind in IdKind} | {
    "身份证": IdKind.CITIZEN,
    "中华人民共和国居民身份证": IdKind.CITIZEN,
    "港澳居民居住证": IdKind.HK_MACAO_TAIWAN_RESIDENCE,
    "台湾居民居住证": IdKind.HK_MACAO_TAIWAN_RESIDENCE,
    "外国人永久居留证": IdKind.FOREIGN_PERMANENT_RESIDENCE,
    "普通护照": IdKind.PASSPORT,
}

REQUIRED_KEYS = (
    "批次编号",
    "评委会代码",
    "申报类别",
    "评审年度",
    "评审开始日期",
    "评审结束日期",
    "结果报送日期",
    "申报人数",
    "通过人数",
    "行数",
)
OPTIONAL_KEYS = (
    "格式版本",
    "例会批复文号",
    "例会批复日期",
    "公布文件发文单位",
    "公布文号",
    "公布文件标题",
    "公布日期",
    "空岗使用计划备案号",
    "申报系统受理号",
    "通过比例核准单位",
    "通过比例核准文号",
)
PUBLICITY_FIELDS = ("平台", "网址", "开始日期", "结束日期", "截图摘要")
FILING_STEP_FIELDS = ("层级", "报送单位", "日期", "回执号")
NUMBERED_KEY = re.compile(r"(公示|备案)([1-9])(.{2,4})")
APPLICANTS_KEYS = {f"申报人数_{level.label}": level for level in Level}
RATIO_KEYS = {f"{level.label}核定通过比例": level for level in Level}
QUOTA_KEYS = {f"{level.label}核定数额": level for level in Level}


def is_person_kind(word: str) -> bool:
    """True for a kind of person of the format, the barred ones included."""
    return word in PERSON_KINDS or any(barred in word for barred in BARRED_PERSONS)


def is_education_state(word: str) -> bool:
    """True for 合格, for words that say it was not done, and for the number of a proof: that has a digit."""
    if word == EDUCATION_DONE or word.startswith(EDUCATION_NOT_DONE):
        return True
    return any(character.isdigit() for character in word)


def is_known_key(key: str) -> bool:
    """True for a key of 批次信息 that the intake reads."""
    if key in REQUIRED_KEYS or key in OPTIONAL_KEYS:
        return True
    if key in APPLICANTS_KEYS or key in RATIO_KEYS or key in QUOTA_KEYS:
        return True
    numbered = NUMBERED_KEY.fullmatch(key)
    if numbered is None:
        return False
    return numbered[3] in (PUBLICITY_FIELDS if numbered[1] == "公示" else FILING_STEP_FIELDS)


def is_known_word(word: str) -> bool:
    """True for any column or key of the format: used to recognise a file that was decoded wrongly."""
    return word in COLUMNS or is_known_key(word)


def decoded_wrongly(word: str) -> bool:
    """True for a word of the format that was written in one encoding and read in another (乱码)."""
    for read_as, written_in in (
        ("gb18030", "utf-8"),
        ("cp1252", "gb18030"),
        ("cp1252", "utf-8"),
        ("latin-1", "gb18030"),
    ):
        try:
            if is_known_word(word.encode(read_as).decode(written_in)):
                return True
        except UnicodeError:
            continue
    return garbled(word)


def garbled(text: str) -> bool:
    """True for a text that shows what a lost character leaves behind."""
    return "\ufffd" in text or "锟斤拷" in text
