"""Rules on files of historical data 历史数据: what stops a row, and what is kept although today's tables do not know it."""

from __future__ import annotations

from certsvc.domain.findings import Severity
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.registry import declare

HISTORY_CLAUSE = f"{REFORM} 五（三）"

SOURCE_MISSING = declare(
    code="history-source-missing",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="历史数据须写明资料来源",
    message="批次信息没有“资料来源”。请写明数据取自哪些文件、名册或档案。",
    good="资料来源 省职改办1998年高级职称名册",
    bad="资料来源为空",
)
COUNT_DIFFERS = declare(
    code="history-count-differs",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="批次信息的行数须与汇总表一致",
    message="批次信息写明{said}行，汇总表有{found}行。请核对是否漏行，改正后重新导入。",
    good="行数 120，汇总表120行",
    bad="行数 120，汇总表119行",
)
ACQUIRED_UNREADABLE = declare(
    code="history-acquired-unreadable",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="取得时间为年月日或年月",
    message="取得时间无法读取。请写成1998-06-15、1998年6月15日，或只到月：1998.6、1998年6月；单元格请设为文本。",
    good="1998年6月",
    bad="九八年夏",
)
ACQUIRED_IMPOSSIBLE = declare(
    code="history-acquired-impossible",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="取得时间不得晚于今天，取得时应年满16周岁",
    message="取得时间晚于今天，或取得时不满16周岁。请与原件核对取得时间和出生日期。",
    good="1962年生，取得时间1998年6月",
    bad="1962年生，取得时间1972年6月",
)
ACQUIRED_ELECTRONIC = declare(
    code="history-acquired-electronic",
    severity=Severity.ERROR,
    clause=f"{REFORM} 五（一）",
    summary="2022年起取得的职称凭备案签发电子证书，不作为历史数据",
    message="取得时间不早于{since}。自该日起，评审取得的职称凭评审结果备案签发电子证书，不能作为历史数据登记。"
    "请核对取得时间；确为2022年起取得的，请由评审委员会报送备案。",
    good="取得时间2021-12-20",
    bad="取得时间2022-01-01或2023年9月",
)
QUALITY_UNKNOWN = declare(
    code="history-quality-unknown",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="材料质量为 A（文件和名单影像齐全）、B（仅有名单）或 C（仅有个人证件）",
    message="材料质量没有填写，或不是 A、B、C。请按现存材料填写：A 文件和名单影像齐全，B 仅有名单，C 仅有个人证件。",
    good="材料质量 A",
    bad="材料质量 良好",
)
EVIDENCE_MISSING = declare(
    code="history-evidence-missing",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="材料质量为 A 的须有公布文号，A、B 的须有档案编号",
    message="材料质量为{quality}，但没有填写“{name}”。请补填；没有这项材料的，请如实降低材料质量。",
    good="材料质量 A，公布文号、档案编号齐全",
    bad="材料质量 A，公布文号为空",
)
ID_UPGRADED = declare(
    code="history-id-upgraded",
    severity=Severity.WARNING,
    clause=HISTORY_CLAUSE,
    summary="历史数据中的15位身份证号升为18位，两个号码都保留",
    message="证件号码为15位，已升为18位；原号码一并保留，本人用任一号码的后四位都可以查询。",
    good="18位号码",
    bad="15位号码，按规则升位",
)
OLD_WORD_KEPT = declare(
    code="history-word-kept",
    severity=Severity.WARNING,
    clause=HISTORY_CLAUSE,
    summary="代码表没有的旧名称照原文保留，不编代码",
    message="“{name}”的写法不在现行和旧代码表内，或不能确定唯一的级别，已照原文保留、不编代码。请核对原件；不影响查询。",
    good="中学高级教师，系列 中学教师，级别 副高级",
    bad="主任技师（农机），系列 农机",
)
TWICE_IN_FILE = declare(
    code="history-twice-in-file",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="同一人的同一职称在文件中只写一行",
    message="同一人的同一职称在第{others}行已有。请核对后只保留一行。",
    good="一人一职称一行",
    bad="同一人的中学高级教师写了两行",
)
ALREADY_RECORDED = declare(
    code="history-already-recorded",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="已经登记的历史记录不再导入",
    message="该人员的这一职称已有历史记录{reference}。请删除本行；内容有误的，请按更正手续办理。",
    good="首次导入",
    bad="已导入的记录在另一文件中再次出现",
)
ALREADY_CERTIFIED = declare(
    code="history-already-certified",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="已有电子证书的职称不作为历史数据导入",
    message="该人员的这一职称已有电子证书。请删除本行。",
    good="电子证书启用以前取得的职称",
    bad="2023年评审取得、已签发电子证书的职称",
)
ENDED_TITLE = declare(
    code="history-ended-title",
    severity=Severity.ERROR,
    clause=f"{REFORM} 四（二）；五（三）",
    summary="已撤销、核销或宣布无效的职称，不得换一种写法作为历史数据登记",
    message="该人员{acquired}取得的同系列同级别职称（{number}）已被撤销、核销或宣布无效，本行可能是同一职称"
    "（没有系列或级别的，请补填后再比较）。请核对并删除本行；确为另一职称的，由省级部门核实，"
    "在“备注”写明“非{number}”及依据后导入；应当恢复的，按恢复程序办理。",
    good="没有被撤销的同系列同级别职称",
    bad="正高级工程师证书已撤销，又导入“高级工程师（教授级）”",
)
OTHER_THAN_ENDED = declare(
    code="history-other-than-ended",
    severity=Severity.WARNING,
    clause=f"{REFORM} 四（二）；五（三）",
    summary="与已终止职称同系列同级别的历史职称，经省级部门写明后，由确认人员复核",
    message="备注写明本职称不是已被撤销、核销或宣布无效的{number}（{acquired}取得）。请确认人员对照原件和决定复核。",
    good="备注写明非该证书及依据",
    bad="备注没有写明",
)
PERSON_WITH_ENDING = declare(
    code="history-person-with-ending",
    severity=Severity.WARNING,
    clause=f"{REFORM} 四（二）；五（三）",
    summary="曾有职称被终止或有诚信档案记录的人员，历史数据须与原件核对",
    message="该人员另有职称被撤销、核销或宣布无效，或有诚信档案记录。请与原件核对本行后再确认。",
    good="没有被终止的职称，没有诚信档案记录",
    bad="2023年副高级职称被撤销，导入2009年的中级职称",
)
SAME_LEVEL_CERTIFIED = declare(
    code="history-same-level-certified",
    severity=Severity.WARNING,
    clause=HISTORY_CLAUSE,
    summary="已有同系列同级别电子证书的，须核对是否同一职称",
    message="该人员已有同系列同级别的电子证书{number}，职称名称不同。请核对是否同一职称的旧名称；是同一职称的，请删除本行。",
    good="2010年取得副高级，2023年取得正高级电子证书",
    bad="已有正高级工程师电子证书，又导入“高级工程师（教授级）”",
)
NUMBER_OF_OTHERS = declare(
    code="history-number-of-others",
    severity=Severity.WARNING,
    clause=HISTORY_CLAUSE,
    summary="原证书编号与他人相同的，须核对",
    message="原证书编号与另一人的记录相同（本文件或已登记的数据）。旧编号可能重复使用，请与原件核对。",
    good="原证书编号各不相同",
    bad="两人的原证书编号均为 980312",
)
ELSEWHERE = declare(
    code="history-elsewhere",
    severity=Severity.ERROR,
    clause=HISTORY_CLAUSE,
    summary="市（州）只导入本地单位人员的历史数据",
    message="“单位所属行政区划”不在本市（州），或没有填写。请交所属市（州）或省级部门导入。",
    good="通化市导入通化市所属单位人员",
    bad="通化市导入白山市所属单位人员",
)
