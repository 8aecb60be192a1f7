"""English for what the frozen tables name: series, levels, ways, titles.

Translations serve the reader of an English rendering; the Chinese words of the certificate count. A title is a grade and a
calling: 高级工程师 is Senior + Engineer. Titles that follow no such rule stand in a table of their own.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level

_SERIES: Final = (
    "Teachers of Higher Education",
    "Researchers in Philosophy and Social Sciences",
    "Researchers in Natural Sciences",
    "Health Professionals",
    "Engineering Professionals",
    "Agricultural Professionals",
    "Journalism Professionals",
    "Publishing Professionals",
    "Library and Information Professionals",
    "Cultural Heritage and Museum Professionals",
    "Archives Professionals",
    "Arts and Crafts Professionals",
    "Teachers of Technical Schools",
    "Sports Professionals",
    "Translation Professionals",
    "Broadcasting Professionals",
    "Accounting Professionals",
    "Statistics Professionals",
    "Economics Professionals",
    "Laboratory Professionals",
    "Teachers of Secondary Vocational Schools",
    "Teachers of Primary and Secondary Schools",
    "Arts Professionals",
    "Public Legal Service Professionals",
    "Ship Professionals",
    "Civil Aviation Flight Professionals",
    "Auditing Professionals",
)
SERIES_ENGLISH: Final = MappingProxyType(dict(enumerate(_SERIES, start=1)))
"""Code 1..27 -> name."""

LEVELS_ENGLISH: Final = MappingProxyType(
    {
        Level.SENIOR: "Senior (full)",
        Level.DEPUTY_SENIOR: "Senior (associate)",
        Level.INTERMEDIATE: "Intermediate",
        Level.ASSISTANT: "Junior (assistant)",
        Level.ENTRY: "Junior (entry)",
    }
)

WAYS_ENGLISH: Final = MappingProxyType(
    {
        1: "Regular review",
        2: "Review linked with appointment",
        3: "Review by the employing institution",
        4: "Dual-directed review (for one county)",
        5: "Transfer from a government body",
        6: "Transfer from the armed forces",
        7: "Incentive for aid missions",
        8: "Senior manager of a private enterprise",
        9: "Talent incentive",
        10: "Long service at the grassroots",
        11: "From skilled worker",
        12: "School teacher up to associate senior level",
        13: "School teacher, senior level",
        14: "Recognition of a postgraduate degree at the grassroots",
        15: "Rural talent",
        16: "Recognition on entry",
        17: "Incentive for epidemic control",
        18: "Conversion at the same level",
        19: "Recognition of thirty years of teaching",
        20: "Review by another committee on commission",
        21: "Confirmation of a title of another province",
        90: "Historical record",
    }
)

ID_KINDS_ENGLISH: Final = MappingProxyType(
    {
        IdKind.CITIZEN: "Resident identity card",
        IdKind.HK_MACAO_TAIWAN_RESIDENCE: "Residence permit for Hong Kong, Macao and Taiwan residents",
        IdKind.FOREIGN_PERMANENT_RESIDENCE: "Permanent residence card for foreigners",
        IdKind.PASSPORT: "Passport",
        IdKind.HK_MACAO_TRAVEL: "Mainland travel permit for Hong Kong and Macao residents",
        IdKind.TAIWAN_TRAVEL: "Mainland travel permit for Taiwan residents",
    }
)

_CALLINGS: Final = MappingProxyType(
    {
        "工程师": "Engineer",
        "农艺师": "Agronomist",
        "畜牧师": "Animal Husbandry Specialist",
        "兽医师": "Veterinarian",
        "工艺美术师": "Arts and Crafts Specialist",
        "会计师": "Accountant",
        "统计师": "Statistician",
        "经济师": "Economist",
        "人力资源管理师": "Human Resources Specialist",
        "知识产权师": "Intellectual Property Specialist",
        "实验师": "Experimentalist",
        "审计师": "Auditor",
        "教师": "Teacher",
        "讲师": "Lecturer",
        "实习指导教师": "Practical Training Instructor",
        "记者": "Journalist",
        "编辑": "Editor",
        "翻译": "Translator",
        "译审": "Translation Reviewer",
        "教练": "Coach",
        "运动防护师": "Athletic Trainer",
        "研究员": "Research Fellow",
        "馆员": "Curator-Librarian",
        "研究馆员": "Research Curator-Librarian",
        "教授": "Professor",
        "编审": "Editor-in-Charge",
        "司法鉴定人": "Forensic Examiner",
        "引航员": "Pilot (Ship)",
        "船舶电子员": "Ship Electronics Officer",
        "船长": "Captain",
        "轮机长": "Chief Engineer (Ship)",
        "驾驶员": "Deck Officer",
        "轮机员": "Engine Officer",
        "播音员": "Announcer",
        "播音员主持人": "Announcer and Host",
        "公证员": "Notary",
        "律师": "Lawyer",
        "领航员": "Navigator",
        "飞行员": "Pilot",
        "飞行机械员": "Flight Engineer",
        "飞行通信员": "Flight Radio Operator",
        "中医师": "Physician of Chinese Medicine",
        "中药师": "Pharmacist of Chinese Medicine",
        "医师": "Physician",
        "药师": "Pharmacist",
        "护师": "Nurse",
        "技师": "Medical Technologist",
        "法医师": "Forensic Physician",
        "演员": "Performer",
        "演奏员": "Instrumentalist",
        "编剧": "Playwright",
        "导演": "Director",
        "指挥": "Conductor",
        "作曲": "Composer",
        "作词": "Lyricist",
        "摄影师": "Photographer",
        "舞美设计师": "Stage Designer",
        "艺术创意设计师": "Art and Creative Designer",
        "美术师": "Fine Artist",
        "文学创作": "Literary Writer",
        "动漫游戏设计师": "Animation and Game Designer",
    }
)
_GRADES: Final = (
    ("正高级", "Professorate Senior "),
    ("教授级高级", "Professorate Senior "),
    ("研究员级高级", "Professorate Senior "),
    ("副高级", "Associate Senior "),
    ("副主任", "Associate Chief "),
    ("国家级", "National-Level "),
    ("高级", "Senior "),
    ("中级", "Intermediate "),
    ("初级", "Junior "),
    ("一级", "First-Class "),
    ("二级", "Second-Class "),
    ("三级", "Third-Class "),
    ("四级", "Fourth-Class "),
    ("主任", "Chief "),
    ("主治", "Attending "),
    ("主管", "Supervising "),
    ("主检", "Supervising "),
    ("助理", "Assistant "),
    ("副", "Associate "),
    ("", ""),
)
_BY_ITSELF: Final = MappingProxyType(
    {
        "助教": "Teaching Assistant",
        "研究实习员": "Research Trainee",
        "农业技术推广研究员": "Research Fellow in Agricultural Extension",
        "农业技术员": "Agricultural Technician",
        "技术员": "Technician",
        "管理员": "Library and Archives Assistant",
        "工艺美术员": "Arts and Crafts Technician",
        "美术员": "Fine Arts Technician",
        "实验员": "Laboratory Technician",
        "会计员": "Bookkeeper",
        "统计员": "Statistical Clerk",
        "经济员": "Economic Clerk",
        "审计员": "Audit Clerk",
        "中医士": "Assistant Practitioner of Chinese Medicine",
        "中药士": "Assistant Pharmacist of Chinese Medicine",
        "医士": "Assistant Practitioner",
        "药士": "Pharmacy Assistant",
        "护士": "Nurse (entry level)",
        "技士": "Medical Technician",
        "法医士": "Forensic Assistant",
        "公证员助理": "Notary Assistant",
        "律师助理": "Lawyer's Assistant",
        "播音指导": "Director of Broadcasting",
        "高级工程师（教授级）": "Senior Engineer (professor grade)",
        "高级讲师（教授级）": "Senior Lecturer (professor grade)",
        "中学高级教师": "Senior Teacher of a Secondary School",
        "中学一级教师": "First-Class Teacher of a Secondary School",
        "中学二级教师": "Second-Class Teacher of a Secondary School",
        "中学三级教师": "Third-Class Teacher of a Secondary School",
        "小学高级教师": "Senior Teacher of a Primary School",
        "小学一级教师": "First-Class Teacher of a Primary School",
        "小学二级教师": "Second-Class Teacher of a Primary School",
        "小学三级教师": "Third-Class Teacher of a Primary School",
    }
)


def title_in_english(name: str) -> str | None:
    """A title of the tables, also of older systems, in English; None for a word that is none."""
    if name in _BY_ITSELF:
        return _BY_ITSELF[name]
    for grade, english in _GRADES:
        calling = _CALLINGS.get(name.removeprefix(grade)) if name.startswith(grade) else None
        if calling is not None:
            return english + calling
    return None
