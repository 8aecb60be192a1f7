"""docs/rules.md: the rules by theme, then every line of the notices with what serves it (docs/requirements.toml)."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import certsvc.domain.rules
from certsvc.domain.rules.registry import OLDEST_RULE_SET, RULE_SET_VERSION, Rule, declared_rules

REQUIREMENTS = Path(__file__).parents[1] / "docs" / "requirements.toml"
_SEVERITIES = {"error": "错误", "hold": "暂缓", "warning": "提醒", "info": "说明"}
_TAGS = {"CORE": "本服务", "IF": "接口", "REP": "监督统计"}
THEMES = {
    "unreadable": "文件能否读取",
    "intake": "文件、批次信息和单项填写",
    "intake_person": "姓名、证件和单位代码的填写",
    "intake_photo": "照片",
    "identity": "人员：重复、已有职称、诚信、申报资格",
    "units": "单位与行政区划",
    "authority": "评委会与授权",
    "meeting": "评审例会与空岗使用计划",
    "dual_directed": "职称“双定向”",
    "publicity": "公示",
    "filing_chain": "备案",
    "receipts": "备案回执",
    "announcement": "公布文件",
    "announced": "公布名单",
    "counts": "人数、比例和数额",
    "shares": "核准的比例和数额",
    "titles": "系列、级别和职称名称",
    "promotion": "晋升次序与年限",
    "incentives": "激励与基层政策",
    "used_incentives": "已享受的政策",
    "delegation": "下放的评审权限",
    "province_reviews": "省级单独组织的评审",
    "ways_evidence": "取得方式的佐证",
    "online_system": "全省职称申报系统",
    "results": "评审结果、异议和继续教育",
    "policies": "政策的时间效力",
    "terms": "期限",
    "glyphs": "证书用字",
    "at_issue": "签发时复核",
    "history": "历史数据",
    "batches": "批次状态",
}


@dataclass(frozen=True)
class Requirement:
    """One line of the notices. `number`: in `docs/requirements.toml`, `examination` for the one without."""

    number: str
    theme: str
    clause: str
    phrase: str
    tag: str
    served: str
    tests: tuple[str, ...]
    rules: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


def requirements() -> tuple[Requirement, ...]:
    """Every line, in the order of the notices' catalogue."""
    lines = tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))["line"]
    return tuple(
        Requirement(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in line.items()}
        )
        for line in lines
    )


def rules_by_theme() -> dict[str, list[Rule]]:
    """Theme -> its rules in the order in which their module declares them."""
    found: dict[str, list[Rule]] = {}
    for module in _rule_modules():
        declared: dict[str, Rule] = {}
        for value in vars(importlib.import_module(f"certsvc.domain.rules.{module}")).values():
            values = value.values() if isinstance(value, dict) else [value]
            declared |= {rule.code: rule for rule in values if isinstance(rule, Rule)}
        own = {
            code: rule
            for code, rule in declared.items()
            if not any(rule in rules for rules in found.values())
        }
        if own:
            found[THEMES.get(module, module)] = list(own.values())
    return found


def _rule_modules() -> list[str]:
    there = {module.name for module in pkgutil.iter_modules(certsvc.domain.rules.__path__)} - {"registry"}
    return [name for name in THEMES if name in there] + sorted(there - set(THEMES))


def rules_page(note: str) -> str:
    """The whole page; `note` says that it is generated."""
    themes = rules_by_theme()
    lines = [
        "# Rules 审查规则",
        "",
        note,
        f"Rule set `{RULE_SET_VERSION}`, {len(declared_rules())} rules. 错误 error: refused; 暂缓 hold: a person decides; "
        "提醒 warning and 说明 info stop nothing. `case` is the number in the catalogue of bad inputs.",
        "",
        "1. [Rules by theme 按主题](#rules-by-theme-按主题)",
        "2. [What every line of the notices is served by 条款对照](#what-every-line-of-the-notices-is-served-by-条款对照)",
        "",
        "## Rules by theme 按主题",
        "",
    ]
    for theme, rules in themes.items():
        lines += [
            f"### {theme}",
            "",
            "| rule 规则 | severity | clause 条款 | good 合规 | bad 不合规 | case |",
        ]
        lines += ["|---|---|---|---|---|---|", *map(_rule_line, rules), ""]
    lines += [
        "## What every line of the notices is served by 条款对照",
        "",
        *_TABLE_SAYS,
        "",
    ]
    return "\n".join([*lines, *_requirement_lines()]) + "\n"


_TABLE_SAYS = (
    "本服务 CORE: this service enforces, stores or shows it. 接口 IF: another system answers for it; a field is kept, or it",
    "is said where its data would arrive. 监督统计 REP: audit, statistics, supervision. The tests named show each line.",
)


def _rule_line(rule: Rule) -> str:
    since = "" if rule.since == OLDEST_RULE_SET else f"<br>since {rule.since}"
    return _line(
        f"{_plain(rule.summary)}<br>`{rule.code}`{since}",
        f"{_SEVERITIES[rule.severity.value]} {rule.severity.value}",
        rule.clause,
        _plain(rule.good),
        _plain(rule.bad),
        "" if rule.case is None else str(rule.case),
    )


def _plain(words: str) -> str:
    """Words that stand in the page as they are: an example of a fault may be a script."""
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _requirement_lines() -> Iterator[str]:
    theme = None
    for line in requirements():
        if line.theme != theme:
            theme = line.theme
            yield from (
                "",
                f"### {theme}",
                "",
                "| no. | clause and words 条款 | tag | served by | test |",
                "|---|---|---|---|---|",
            )
        yield _line(
            line.number if line.number.isdigit() else "–",
            f"{line.clause}<br>{line.phrase}",
            _TAGS[line.tag],
            "<br>".join([line.served, *_servers(line)]),
            "<br>".join(f"`{test.split('::')[1].removeprefix('test_')}`" for test in line.tests),
        )


def _servers(line: Requirement) -> Iterator[str]:
    for word, names in (
        ("rules", line.rules),
        ("fields", line.fields),
        ("API", line.routes),
        ("commands", line.commands),
        ("settings", tuple(f"CERTSVC_{name.upper()}" for name in line.settings)),
    ):
        if names:
            yield f"{word}: " + ", ".join(f"`{name}`" for name in names)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
