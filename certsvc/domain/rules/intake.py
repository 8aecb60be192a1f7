"""Rules of the intake on the file, the header sheet and single values; those on persons stand in intake_person."""

from __future__ import annotations

from certsvc.domain.findings import Severity
from certsvc.domain.rules.registry import declare

BASIC_CLAUSE = "吉人社函〔2022〕38号 四（四）"
REPORT_CLAUSE = "吉人社函〔2022〕181号 三.5"

COLUMN_MISSING = declare(
    code="column-missing",
    severity=Severity.ERROR,
    case=86,
    clause=REPORT_CLAUSE,
    summary="汇总表、批次信息必须具备全部规定列和规定项",
    message="缺少“{name}”。请按模板补齐后重新报送整批。",
    good="汇总表含“证件号码”列",
    bad="汇总表没有“证件号码”列",
)
COLUMN_REPEATED = declare(
    code="column-repeated",
    severity=Severity.ERROR,
    case=86,
    clause=REPORT_CLAUSE,
    summary="同一列名、同一项目只能出现一次",
    message="“{name}”出现了{times}次，无法判断以哪一处为准。请删除多余的一处后重新报送整批。",
    good="“姓名”一列",
    bad="“姓名”两列",
)
COLUMN_UNKNOWN = declare(
    code="column-unknown",
    severity=Severity.ERROR,
    case=86,
    clause=REPORT_CLAUSE,
    summary="汇总表不得有模板以外的列名",
    message="汇总表第{place}列的列名“{name}”不在模板之内。请改为模板列名，或删除该列后重新报送整批。",
    good="申报专业",
    bad="申报专业方向",
)
KEY_UNKNOWN = declare(
    code="header-key-unknown",
    severity=Severity.WARNING,
    case=86,
    clause=REPORT_CLAUSE,
    summary="批次信息中模板以外的项目不予采用",
    message="批次信息中的“{name}”不在模板之内，未予采用。如属必报项目，请按模板名称填写后重新报送。",
    good="公布文号",
    bad="发文字号",
)
FORMAT_UNKNOWN = declare(
    code="format-version-unknown",
    severity=Severity.ERROR,
    clause=REPORT_CLAUSE,
    summary="格式版本应为1",
    message="格式版本不是1，无法受理。请使用现行模板重新填报。",
    good="格式版本 1",
    bad="格式版本 9",
)
MOJIBAKE = declare(
    code="mojibake",
    severity=Severity.ERROR,
    case=85,
    clause=BASIC_CLAUSE,
    summary="文件不得有乱码",
    message="“{place}”出现乱码，文件曾以错误的编码打开并保存。请从原始数据重新导出（UTF-8 或 GB18030）后报送。",
    good="姓名",
    bad="濮撳悕",
)
SHEET_ODDITY = declare(
    code="sheet-oddity",
    severity=Severity.ERROR,
    case=87,
    clause=BASIC_CLAUSE,
    summary="报送文件不得有合并单元格、公式、隐藏行列和宏",
    message="{oddity}。请取消合并、将公式粘贴为数值、取消隐藏、去除宏后另存为 .xlsx 重新报送。",
    good="全部为普通单元格",
    bad="A2:A5 合并",
)
NO_ROWS = declare(
    code="no-rows",
    severity=Severity.ERROR,
    case=88,
    clause=REPORT_CLAUSE,
    summary="汇总表至少应有一人",
    message="汇总表没有人员数据。请填写评审结果后重新报送。",
    good="一行以上",
    bad="只有表头",
)
BLANK_ROW = declare(
    code="blank-row",
    severity=Severity.WARNING,
    case=88,
    clause=REPORT_CLAUSE,
    summary="数据之间的空行不计入",
    message="汇总表数据之间有{count}个空行，已略过。请核对是否有遗漏人员。",
    good="数据连续",
    bad="第3、4行之间有空行",
)
NUMBER_GAP = declare(
    code="serial-gap",
    severity=Severity.ERROR,
    case=89,
    clause=REPORT_CLAUSE,
    summary="序号应从1起连续，不断号、不乱序",
    message="序号不连续：自第{position}行起与应有的序号不符。请核对是否遗漏人员，重新编号后报送整批。",
    good="1、2、3",
    bad="1、2、4",
)
NUMBER_BAD = declare(
    code="serial-unreadable",
    severity=Severity.ERROR,
    case=89,
    clause=REPORT_CLAUSE,
    summary="每行应有唯一的序号",
    message="序号为空、重复或不是正整数，本行按表中位置（第{position}行）标注。请从1起连续编号后重新报送。",
    good="3",
    bad="空白，或两行同为3",
)
VALUE_MISSING = declare(
    code="value-missing",
    severity=Severity.ERROR,
    clause=BASIC_CLAUSE,
    summary="基本信息必填项不得为空",
    message="“{name}”为空。请补填后重新报送。",
    good="人员类别 编内",
    bad="人员类别 空",
)
BAD_DATE = declare(
    code="date-unreadable",
    severity=Severity.ERROR,
    case=90,
    clause=BASIC_CLAUSE,
    summary="日期应为真实存在的日期，填日期格式单元格或“年-月-日”文本",
    message="“{name}”不是有效日期。请填写真实存在的日期，例如 2023-09-18；不要填写数字序列或两位年份。",
    good="2023-09-18",
    bad="2023-02-29、23/6/1、2023/13/1、45078",
)
BAD_NUMBER = declare(
    code="number-unreadable",
    severity=Severity.ERROR,
    clause=BASIC_CLAUSE,
    summary="人数、年度、数额应为整数，比例应为0至100的整数百分比",
    message="“{name}”不是有效的数值。人数、年度、数额请填整数，比例请填整数百分比（例如 45%）。",
    good="60、45%",
    bad="六十、45.5%",
)
UNKNOWN_WORD = declare(
    code="word-unknown",
    severity=Severity.ERROR,
    clause=BASIC_CLAUSE,
    summary="固定选项的列应填规定用语",
    message="“{name}”应填：{words}。请改正后重新报送。",
    good="公示结果 无异议",
    bad="公示结果 没意见",
)
LEVEL_UNKNOWN = declare(
    code="level-unknown",
    severity=Severity.ERROR,
    clause=BASIC_CLAUSE,
    summary="级别应为正高级、副高级、中级、助理级、员级之一",
    message="“{name}”应填：正高级、副高级、中级、助理级、员级。请改正后重新报送。",
    good="副高级",
    bad="高级",
)
POST_GRADE_AS_LEVEL = declare(
    code="post-grade-as-level",
    severity=Severity.ERROR,
    case=79,
    clause="吉人社函〔2023〕25号",
    summary="岗位等级（如二级岗位、三级岗位）不是职称级别",
    message="“{name}”填的是岗位等级，不是职称级别，不能据以发证。请填写：正高级、副高级、中级、助理级、员级。",
    good="正高级",
    bad="专业技术三级岗位",
)
AREA_SHAPE = declare(
    code="area-code-shape",
    severity=Severity.ERROR,
    clause=BASIC_CLAUSE,
    summary="行政区划代码为6位数字",
    message="“{name}”应为6位行政区划代码，例如 220106。请改正后重新报送。",
    good="220106",
    bad="长春市",
)
DIGEST_SHAPE = declare(
    code="evidence-digest-shape",
    severity=Severity.ERROR,
    clause=REPORT_CLAUSE,
    summary="公示截图摘要为64位十六进制 SHA-256",
    message="“{name}”不是64位十六进制摘要（SHA-256）。请重新计算截图文件的摘要后填写。",
    good="64位十六进制",
    bad="见附件",
)
FORMULA_TEXT = declare(
    code="formula-text",
    severity=Severity.ERROR,
    case=87,
    clause=BASIC_CLAUSE,
    summary="文字不得写成公式",
    message="“{name}”以 =、+、- 或 @ 开头，表格软件会当作公式执行。请改为普通文字后重新报送。",
    good="长春市北川工程有限公司",
    bad="=HYPERLINK(…)",
    since="2026-11-21.2",
)
FORBIDDEN_CHARACTER = declare(
    code="forbidden-character",
    severity=Severity.ERROR,
    case=29,
    clause=BASIC_CLAUSE,
    summary="任何字段不得含网页代码、脚本、换行或不可见的控制字符",
    message="“{name}”含网页代码、换行或不可见的控制字符。请删除后手工重新录入。",
    good="吉林市丰岸路桥有限公司",
    bad="<script>…",
)
PRIVATE_USE_TEXT = declare(
    code="private-use-character",
    severity=Severity.ERROR,
    case=25,
    clause=BASIC_CLAUSE,
    summary="文字不得使用自造字（私用区字符）",
    message="“{name}”含自造字（私用区字符），他处无法显示。请改用国家标准 GB 18030 收录的字重新录入。",
    good="䶮",
    bad="U+E863",
)
TEXT_LONG = declare(
    code="text-too-long",
    severity=Severity.ERROR,
    clause=BASIC_CLAUSE,
    summary="文字不得超过200字",
    message="“{name}”超过{most}字。请精简后重新报送。",
    good="200字以内",
    bad="201字",
)
