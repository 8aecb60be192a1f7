"""How a statement 历史数据说明 comes into being: its record signed and kept, then its document written, signed and kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.domain.history import HistoricalTitle, Quality
from certsvc.domain.report_table import shanghai_day
from certsvc.domain.statement_face import NOT_WRITTEN, StatementFace, statement_page
from certsvc.errors import ConflictError
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import (
    MAX_WRITTEN_LEVEL,
    MAX_WRITTEN_SERIES,
    MAX_WRITTEN_TITLE,
    HistoricalQrRecord,
    encode_record,
    is_plain_text,
    record_text,
)
from certsvc.ports import DocumentArchive, DocumentWriter, RecordSigner
from certsvc.ports.history import RegisteredHistory
from certsvc.ports.statements import Statement, StatementStore
from certsvc.stages.document_keeping import keep_document
from certsvc.stages.face import FaceStyle, chinese_date
from certsvc.stages.record_signing import sign_record

_LONGEST: Final = (
    ("原职称名称", MAX_WRITTEN_TITLE),
    ("原职称系列", MAX_WRITTEN_SERIES),
    ("原职称级别", MAX_WRITTEN_LEVEL),
)
_PRINTED: Final = (
    "姓名",
    "原职称名称",
    "原职称系列",
    "原职称级别",
    "取得时间",
    "原证书编号",
    "原评审委员会",
    "原发证单位",
    "公布文号",
)


@dataclass(frozen=True, slots=True)
class StatementPress:
    """What printing needs. Run again after a kill, it makes equal bytes: the record is kept before it is printed."""

    store: StatementStore
    archive: DocumentArchive
    signer: RecordSigner
    writer: DocumentWriter
    style: FaceStyle
    issuer: str

    def print(self, statement: Statement, one: RegisteredHistory) -> str:
        """The digest of the kept document. Raises KeyNotInForce, UnavailableError: the statement waits."""
        kept = self.store.record(statement)
        record = kept or self.store.keep_record(statement, sign_record(historical_record(one), self.signer))
        page = statement_page(
            compose_statement(one, statement.stated_at, self.issuer, manual_code(record)),
            qr_text=record_text(record, self.style.qr_prefix),
            test_seal=self.style.test_seal,
        )
        place = (statement.reference, statement.version)
        return keep_document(self.archive, self.writer, place, page, statement.stated_at)


def compose_statement(one: RegisteredHistory, stated_at: datetime, issuer: str, code: str) -> StatementFace:
    """What is printed: the words of the papers, `未载` where they have none, and the day of the statement in Shanghai."""
    title = one.title

    def words(column: str) -> str:
        return title.as_written(column) or NOT_WRITTEN

    return StatementFace(
        name=title.name,
        id_last4=title.document.last4,
        title=words("原职称名称"),
        series=words("原职称系列"),
        level=words("原职称级别"),
        acquired=words("取得时间"),
        original_number=words("原证书编号"),
        committee=words("原评审委员会"),
        issuing_body=words("原发证单位"),
        document=words("公布文号"),
        quality=_quality_words(title.quality),
        reference=one.reference,
        version=f"第{one.version}版",
        issuer=issuer,
        stated=chinese_date(shanghai_day(stated_at)),
        manual_code=code,
    )


def historical_record(one: RegisteredHistory) -> HistoricalQrRecord:
    """The public record of a published version: what stands in the QR symbol. Raises ValueError (`require_signable`)."""
    title = one.title
    return HistoricalQrRecord(
        reference=one.reference,
        version=one.version,
        slot=one.slot,
        name=title.name,
        id_last4=title.document.last4,
        title=title.as_written("原职称名称") or "",
        series=title.as_written("原职称系列"),
        level=title.as_written("原职称级别"),
        acquired=title.acquired.text,
        quality=title.quality.value,
    )


def require_signable(one: RegisteredHistory) -> None:
    """Raises ConflictError, naming the column, when the old words do not go into a signed record."""
    for column, longest in _LONGEST:
        text = one.title.as_written(column)
        if text is not None and not is_plain_text(text, longest):
            raise ConflictError(
                f"该记录的“{column}”超过{longest}个字或者含有不可见字符，不能出具历史数据说明。请联系登记该记录的部门核对。"
            )
    try:
        encode_record(historical_record(one), bytes(4), bytes(64))
    except ValueError as error:
        raise ConflictError(
            "该记录的文字过长，二维码放不下，不能出具历史数据说明。请联系登记该记录的部门。"
        ) from error


def require_printable(title: HistoricalTitle, missing: Iterable[str]) -> None:
    """Raises ConflictError, naming characters and columns, when the fonts lack some of the old words."""
    lacking = frozenset(missing)
    if lacking:
        characters = "、".join(f"“{one}”" for one in sorted(lacking))
        columns = "、".join(_columns_with(title, lacking))
        raise ConflictError(
            f"该记录的“{columns}”中的{characters}暂时无法印制（字库缺字），补字后即可出具历史数据说明。查询和核验不受影响。"
        )


def printed_words(title: HistoricalTitle) -> tuple[str, ...]:
    """The words of the papers that a statement prints."""
    return tuple(words for column in _PRINTED if (words := title.as_written(column)) is not None)


def _columns_with(title: HistoricalTitle, lacking: frozenset[str]) -> Iterator[str]:
    return (one for one in _PRINTED if not lacking.isdisjoint(title.as_written(one) or ""))


def _quality_words(quality: Quality) -> str:
    return f"{quality.value} 级：{quality.label}"
