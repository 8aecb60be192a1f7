"""Rules of the intake on a person's identity: documents, names, birth, sex, and the unit's credit code."""

from __future__ import annotations

from certsvc.domain.findings import Severity
from certsvc.domain.id_numbers import IdFlaw
from certsvc.domain.names import NameFlaw
from certsvc.domain.rules.intake import BASIC_CLAUSE
from certsvc.domain.rules.registry import Rule, declare
from certsvc.domain.unit_codes import UnitCodeFlaw


def _rule(
    case: int | None, code: str, severity: Severity, summary: str, message: str, good: str, bad: str
) -> Rule:
    return declare(
        code=code,
        severity=severity,
        clause=BASIC_CLAUSE,
        case=case,
        summary=summary,
        message=message,
        good=good,
        bad=bad,
    )


_E, _H, _W = Severity.ERROR, Severity.HOLD, Severity.WARNING
_TEXT_CELL = "请将该列单元格格式设为“文本”，按证件原件重新录入全部号码。"

ID_NUMBER_CELL = _rule(
    5, "id-number-cell", _E, "证件号码应为文本单元格",
    f"证件号码是数值单元格，末尾数字可能已丢失。{_TEXT_CELL}",
    "文本“229901198503171022”", "数值 229901198503171022",
)  # fmt: skip
ID_KIND_UNKNOWN = _rule(
    18, "id-kind-unknown", _E, "证件类型应为规定的六种之一",
    "证件类型为空或不在规定之内。请填写：居民身份证、港澳台居民居住证、外国人永久居留身份证、护照、港澳居民来往内地通行证、台湾居民来往大陆通行证。",
    "居民身份证", "学生证",
)  # fmt: skip
BIRTH_IN_FUTURE = _rule(
    11, "birth-too-late", _E, "评审时应年满16周岁",
    "按出生日期计算，评审时未满16周岁或尚未出生。请核对证件号码和出生日期。",
    "1985-03-17", "2013-03-17",
)  # fmt: skip
BIRTH_TOO_EARLY = _rule(
    11, "birth-too-early", _E, "评审时年龄不应超过100周岁",
    "按出生日期计算，评审时已超过100周岁。请核对证件号码和出生日期。",
    "1960-03-17", "1885-03-17",
)  # fmt: skip
SEX_DIFFERS = _rule(
    12, "sex-differs", _E, "性别应与证件号码一致",
    "“性别”与证件号码所载不一致。请核对证件原件，改正有误的一处。",
    "第17位为奇数，性别男", "第17位为奇数，性别女",
)  # fmt: skip
BIRTH_DIFFERS = _rule(
    13, "birth-differs", _E, "出生日期应与证件号码一致",
    "“出生日期”与证件号码所载不一致。请核对证件原件，改正有误的一处。",
    "号码含19850317，出生日期1985-03-17", "号码含19850317，出生日期1985-03-18",
)  # fmt: skip
UNIT_MISSING = _rule(
    41, "unit-missing", _E, "除乡村、自由职业外，应填工作单位及其统一社会信用代码",
    "“{name}”为空，只有单位类别为乡村、自由职业的可以不填。请补填，或更正单位类别。",
    "单位类别 乡村，工作单位空", "单位类别 企业，工作单位空",
)  # fmt: skip
UNIT_KIND_DIFFERS = _rule(
    37, "unit-kind-differs", _W, "事业单位的信用代码与单位类别“企业”不符",
    "统一社会信用代码登记为事业单位（12开头），单位类别却填“企业”。请核对其中一项。",
    "12开头，单位类别 事业", "12开头，单位类别 企业",
)  # fmt: skip

ID_RULES: dict[IdFlaw, Rule] = {
    IdFlaw.CHECK_CHARACTER: _rule(
        1, "id-check-character", _E, "证件号码校验位应正确",
        "证件号码校验位不正确，至少有一位录错。请对照证件原件逐位核对后改正。",
        "229901198503171022", "229901198503171023",
    ),
    IdFlaw.LENGTH: _rule(
        2, "id-length", _E, "证件号码应为18位",
        "证件号码位数不对，应为18位。请对照证件原件补全或删去多余的数字。",
        "229901198503171022", "22990119850317102",
    ),
    IdFlaw.SCIENTIFIC: _rule(
        3, "id-scientific", _E, "证件号码不得为科学计数法",
        f"证件号码被表格软件改成了科学计数法，原号码已丢失。{_TEXT_CELL}",
        "229901198503171022", "2.29901E+17",
    ),
    IdFlaw.PRECISION_LOST: _rule(
        4, "id-precision-lost", _E, "证件号码末三位不得被表格软件置零",
        f"证件号码末三位为000且校验位不正确，应是被表格软件截断（只保留15位）。{_TEXT_CELL}",
        "229901198503171022", "229901198503171000",
    ),
    IdFlaw.PRECISION_SUSPECT: _rule(
        4, "id-precision-suspect", _W, "末三位为000的证件号码应核对",
        "证件号码末三位为000，可能被表格软件截断（数字精度），但校验位相符。请对照证件原件确认。",
        "末三位不为000", "末三位为000",
    ),
    IdFlaw.LOWER_CASE: _rule(
        6, "id-lower-case", _W, "证件号码中的字母应大写",
        "证件号码中的小写字母已按大写处理。下次请填大写。",
        "22990119900101008X", "22990119900101008x",
    ),
    IdFlaw.FULL_WIDTH: _rule(
        7, "id-full-width", _W, "证件号码应为半角字符",
        "证件号码中的全角字符已按半角处理。下次请用半角录入。",
        "2299", "２２９９",
    ),
    IdFlaw.LETTER_O: _rule(
        8, "id-letter-o", _E, "证件号码中的数字0不得写成字母O",
        "证件号码中有字母O，应为数字0。请对照证件原件改正。",
        "229901", "2299O1",
    ),
    IdFlaw.APOSTROPHE: _rule(
        9, "id-apostrophe", _W, "证件号码前不得有撇号",
        "证件号码前的撇号已去除。请将单元格格式设为“文本”，不要手工加撇号。",
        "229901198503171022", "'229901198503171022",
    ),
    IdFlaw.IMPOSSIBLE_BIRTH: _rule(
        10, "id-impossible-birth", _E, "证件号码中的出生日期应真实存在",
        "证件号码中的出生日期不存在。请对照证件原件改正。",
        "19850228", "19850230",
    ),
    IdFlaw.FIFTEEN_DIGITS: _rule(
        14, "id-fifteen-digits", _H, "15位证件号码只用于历史数据",
        "证件号码为15位旧号码，已按规则推算为18位，本人暂缓。请核对现行证件，改填18位号码后重新报送。",
        "229901196604010018", "229901660401001",
    ),
    IdFlaw.RESIDENCE_PREFIX: _rule(
        15, "id-residence-prefix", _E, "港澳台居民居住证号码以810000、820000或830000开头",
        "港澳台居民居住证号码应以810000（香港）、820000（澳门）或830000（台湾）开头。请核对证件类型和号码。",
        "830000198510100038", "710000198510100038",
    ),
    IdFlaw.RESIDENCE_AS_CITIZEN: _rule(
        15, "id-residence-as-citizen", _E, "港澳台居民居住证不得填作居民身份证",
        "该号码是港澳台居民居住证号码。请将证件类型改为“港澳台居民居住证”。",
        "港澳台居民居住证 810000…", "居民身份证 810000…",
    ),
    IdFlaw.FOREIGN_AS_CITIZEN: _rule(
        16, "id-foreign-as-citizen", _E, "外国人永久居留身份证不得填作居民身份证",
        "该号码以9开头，是外国人永久居留身份证号码。请将证件类型改为“外国人永久居留身份证”。",
        "外国人永久居留身份证 9…", "居民身份证 9…",
    ),
    IdFlaw.FOREIGN_SHAPE: _rule(
        16, "id-foreign-shape", _E, "外国人永久居留身份证号码以9开头（旧证为3个字母加12位数字）",
        "外国人永久居留身份证号码应以9开头共18位，旧证为3个字母加12位数字。请核对证件类型和号码。",
        "9开头18位", "2299开头18位",
    ),
    IdFlaw.PASSPORT_SHAPE: _rule(
        17, "id-passport-shape", _E, "护照号码为5至17位字母和数字",
        "护照号码只能是5至17位大写字母和数字，不得有汉字和符号。请对照护照资料页改正。",
        "E12345678", "护照E12345678",
    ),
    IdFlaw.TRAVEL_PERMIT_SHAPE: _rule(
        None, "id-travel-permit-shape", _E, "通行证号码应合规",
        "通行证号码不合规：港澳居民来往内地通行证为H或M加8或10位数字，台湾居民来往大陆通行证为8或10位数字。请对照证件改正。",
        "H12345678", "X1234",
    ),
    IdFlaw.SHAPE: _rule(
        None, "id-shape", _E, "证件号码只能由数字和末位的X组成",
        "证件号码含有不应出现的字符，应为17位数字加1位数字或X。请对照证件原件重新录入。",
        "22990119900101008X", "229901-19900101-008X",
    ),
}  # fmt: skip

NAME_RULES: dict[NameFlaw, Rule] = {
    NameFlaw.EMPTY: _rule(
        24, "name-empty", _E, "姓名不得为空",
        "姓名为空或填“无”。请按证件填写姓名。",
        "林晓棠", "无",
    ),
    NameFlaw.PRIVATE_USE: _rule(
        25, "name-private-use", _E, "姓名不得使用自造字（私用区字符）",
        "姓名含自造字（私用区字符），证书上无法显示。请改用国家标准 GB 18030 收录的字重新录入。",
        "赵𬭎宇", "U+E863",
    ),
    NameFlaw.DOT: _rule(
        26, "name-dot", _W, "姓名中的间隔号为“·”（U+00B7）",
        "姓名中的间隔号已统一为“·”。请核对姓名，下次请填“·”。",
        "阿依努尔·买买提", "阿依努尔•买买提",
    ),
    NameFlaw.LOST_CHARACTER: _rule(
        27, "name-lost-character", _E, "姓名不得有问号、方框等替代符",
        "姓名中有问号、方框等替代符，生僻字在转换中丢失。请用支持 GB 18030 的输入法按证件重新录入。",
        "李䶮", "李?",
    ),
    NameFlaw.SPACE: _rule(
        28, "name-space", _W, "汉字姓名中间不留空格",
        "姓名中间的空格已去除。请核对姓名，下次请勿留空格。",
        "王丽", "王 丽",
    ),
    NameFlaw.TOO_LONG: _rule(
        30, "name-too-long", _E, "姓名不超过50个字符",
        "姓名超过50个字符。请按证件核对姓名。",
        "31个字符的姓名", "51个字符",
    ),
    NameFlaw.CHARACTER: _rule(
        None, "name-character", _E, "姓名只能由文字、间隔号、空格、连字符、撇号组成",
        "姓名含数字或不应出现的符号。请按证件重新录入。",
        "欧阳·娜", "王丽（女）",
    ),
}  # fmt: skip

UNIT_CODE_RULES: dict[UnitCodeFlaw, Rule] = {
    UnitCodeFlaw.CHECK_CHARACTER: _rule(
        35, "unit-code-check", _E, "统一社会信用代码校验位应正确",
        "统一社会信用代码校验位不正确，至少有一位录错。请对照登记证书改正。",
        "91229901MA00000159", "91229901MA0000015A",
    ),
    UnitCodeFlaw.SHAPE: _rule(
        35, "unit-code-shape", _E, "统一社会信用代码为18位数字和大写字母",
        "统一社会信用代码应为18位数字和大写字母。请对照登记证书改正。",
        "91229901MA00000159", "91229901",
    ),
    UnitCodeFlaw.FORBIDDEN_LETTER: _rule(
        36, "unit-code-letter", _E, "统一社会信用代码不用字母I、O、S、V、Z",
        "统一社会信用代码不使用字母I、O、S、V、Z，请核对是否为数字1、0、5、2等。",
        "91229901MA00000159", "9122990IMA00000159",
    ),
    UnitCodeFlaw.WRITTEN_ODDLY: _rule(
        None, "unit-code-written-oddly", _W, "统一社会信用代码应为半角大写",
        "统一社会信用代码已按半角大写处理。下次请用半角大写录入。",
        "MA", "ma",
    ),
}  # fmt: skip
