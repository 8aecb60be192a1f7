"""The regulation of the answers: what is brought, and what everybody is told, whichever way it is brought.

`tests/channels/test_*.py` hold page, API, command line and the checker in JavaScript against it; `docs/channels.md` is made
from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

WORDS = {"passed": "通过核验", "failed": "未通过核验", "undetermined": "无法判定"}
EXIT_CODES = {"passed": 0, "failed": 1, "undetermined": 2}


@dataclass(frozen=True)
class Answer:
    """What is told: the verdict's `verdict`, `status` and codes in their order, and the label on the page."""

    outcome: str
    status: str
    codes: tuple[str, ...]
    label: str

    @property
    def word(self) -> str:
        """The word beside the mark."""
        return WORDS[self.outcome]

    @property
    def exit_code(self) -> int:
        """Of the commands of certverify."""
        return EXIT_CODES[self.outcome]


@dataclass(frozen=True)
class Kind:
    """A kind of certificate, and how it is shown.

    `presented` names it in the scene; `place` is where it is to be used; `hours` is the age of the log. `decided`: on line
    the decision stands beside the answer. Another answer than `answer` is given off line (`off_line`), by manual code
    (`by_code`), by number, name and last four (`by_number`), and to a file (`by_file`), where one is named. `has_file`: a
    file of it is shown too.
    """

    name: str
    shown: str
    presented: str
    answer: Answer
    place: str | None = None
    valid_here: str = "not_asked"
    hours: int = 0
    decided: bool = False
    off_line: Answer | None = None
    by_code: Answer | None = None
    by_number: Answer | None = None
    by_file: Answer | None = None
    has_file: bool = True

    @property
    def told_off_line(self) -> Answer:
        """By a downloaded tree and without network."""
        return self.off_line or self.answer


def _answer(outcome: str, status: str, label: str, *codes: str) -> Answer:
    """With what this office notes beside every answer: it is one for tests, and its log has no witnesses."""
    witnessed = () if status == "unknown" and codes[:1] != ("not-in-log",) else ("no-witnesses",)
    return Answer(outcome, status, (*witnessed, *codes, "test-environment"), label)


NOT_FOUND = _answer("undetermined", "unknown", "未查询到", "certificate-not-found")
ON_LINE_ONLY = Answer("undetermined", "unknown", ("on-line-only",), "")
"""What a tool without network says of a manual code, or of a number with name and last four."""

VALID = _answer("passed", "valid", "有效")
STALE = _answer("undetermined", "valid", "状态信息已过时", "checkpoint-stale")
REVOKED = _answer("failed", "revoked", "已撤销", "revoked")
NOT_HERE = _answer("failed", "valid", "在此不适用", "area-limited", "not-valid-here")
FORGED = _answer("failed", "unknown", "签名不符", "record-forged")
ALTERED = _answer("failed", "unknown", "内容被改动", "record-altered")
KEY_UNKNOWN = _answer("undetermined", "unknown", "签发密钥未知", "record-key-unknown")
UNREADABLE = _answer("undetermined", "unknown", "读不出内容", "record-unreadable")
READ_BEFORE_TRUST = ("record-altered", "record-unreadable")
"""Judged from the text alone: without network the page then asks no trust list, and does not note `test-environment`."""
HUNCHUN, YANJI, YANBIAN = "222404", "222401", "222400"


def _drawn(answer: Answer) -> Answer:
    """The answer to a page that somebody drew around such a symbol."""
    record, *others = answer.codes
    return replace(answer, codes=(record, "document-not-original", *others))


KINDS = (
    Kind("valid", "a genuine certificate in force", "valid", VALID),
    Kind("revoked", "a genuine certificate whose title was revoked 撤销", "revoked", REVOKED, decided=True),
    Kind(
        "county-limited",
        "a dual-directed 双定向 title, no place named",
        "limited",
        _answer("passed", "valid", "仅限珲春市有效", "area-limited"),
    ),
    Kind(
        "county-limited, in its county",
        "the same, to be used in its county",
        "limited",
        _answer("passed", "valid", "在珲春市有效", "area-limited"),
        HUNCHUN,
        "yes",
    ),
    Kind(
        "county-limited, elsewhere",
        "the same, to be used in another county",
        "limited",
        NOT_HERE,
        YANJI,
        "no",
    ),
    Kind(
        "county-limited, somewhere in a prefecture",
        "the same, the place named too coarsely",
        "limited",
        _answer("undetermined", "valid", "使用地不够具体", "area-limited", "place-too-coarse"),
        YANBIAN,
        "undetermined",
    ),
    Kind(
        "superseded",
        "the old version of a certificate that was corrected 更正",
        "superseded",
        _answer("failed", "superseded", "已换发", "superseded"),
        decided=True,
    ),
    Kind(
        "suspended",
        "a genuine certificate under examination 核查中",
        "suspended",
        _answer("failed", "suspended", "已暂停，核查中", "suspended"),
        decided=True,
    ),
    Kind(
        "voided",
        "a genuine certificate whose title was declared void 无效",
        "voided",
        _answer("failed", "voided", "无效", "voided"),
        decided=True,
    ),
    Kind(
        "written off",
        "a genuine certificate of an aid mission that was left 核销",
        "written off",
        _answer("failed", "written_off", "已核销", "written-off"),
        decided=True,
    ),
    Kind(
        "historical",
        "a statement of a title of before this service 历史数据",
        "historical",
        _answer("passed", "historical", "历史数据", "historical"),
    ),
    Kind(
        "annotated copy",
        "an annotated copy 加注件, before its last day is over",
        "copy",
        _answer("passed", "valid", "加注件，仅供特定用途", "annotated-copy"),
    ),
    Kind(
        "annotated copy that has ended",
        "an annotated copy after its last day",
        "ended copy",
        _answer("failed", "valid", "加注件已到期", "copy-ended"),
    ),
    Kind(
        "forged: content changed",
        "another name under the signature of a genuine record",
        "changed",
        FORGED,
        by_code=NOT_FOUND,
        by_number=NOT_FOUND,
        by_file=_drawn(FORGED),
    ),
    Kind(
        "forged: signed by a stranger",
        "a record under the authority's key id, signed by another key",
        "signed by a stranger",
        FORGED,
        by_code=NOT_FOUND,
        by_number=NOT_FOUND,
        has_file=False,
    ),
    Kind(
        "altered",
        "a genuine symbol with another last character",
        "mistyped",
        ALTERED,
        by_file=_drawn(ALTERED),
    ),
    Kind(
        "unknown key",
        "a record of a key that the trust list does not name",
        "unknown key",
        KEY_UNKNOWN,
        by_code=NOT_FOUND,
        by_number=NOT_FOUND,
        by_file=_drawn(KEY_UNKNOWN),
    ),
    Kind(
        "unreadable",
        "a symbol of which a part is missing",
        "unreadable",
        UNREADABLE,
        by_file=_answer("undetermined", "unknown", "不是原始文件", "document-not-original"),
    ),
    Kind(
        "not in the log",
        "a record of the authority's key at a slot that nothing was written to",
        "not in the log",
        _answer("undetermined", "unknown", "账本中未登记", "not-in-log"),
        by_code=NOT_FOUND,
        has_file=False,
    ),
    Kind(
        "log two hours old",
        "a valid certificate; the log was signed two hours ago",
        "valid",
        STALE,
        hours=2,
        off_line=VALID,
    ),
    Kind(
        "log eight days old",
        "a valid certificate; the log was signed eight days ago",
        "valid",
        STALE,
        hours=8 * 24,
        off_line=replace(STALE, label="离线过久，状态已过时"),
    ),
    Kind(
        "revoked, log eight days old",
        "a revoked certificate; the log was signed eight days ago",
        "revoked",
        replace(REVOKED, codes=("no-witnesses", "checkpoint-stale", *REVOKED.codes[1:])),
        hours=8 * 24,
        decided=True,
    ),
)
