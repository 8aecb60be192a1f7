"""ports.stored_answers.AnswerStore in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine, delete, select

from certsvc.adapters.answer_schema import answer_due, answer_frame, answer_walk, stored_answer
from certsvc.adapters.database import insert_missing, insert_unless_known, replace_rows
from certsvc.adapters.register import read_entry
from certsvc.adapters.schema import certificate
from certsvc.errors import IntegrityError
from certsvc.ports import PersonalCipher
from certsvc.ports.stored_answers import AnswerFrame, StoredAnswer
from certsvc.ports.verification import RegisterEntry


class DatabaseAnswerStore:
    """Answers are sealed; what a row says of number, slot and status is bound into the seal."""

    def __init__(self, engine: Engine, reading: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._reading = reading
        self._cipher = cipher

    def waiting(self, most: int) -> Sequence[str]:
        """Numbers whose answers are to be made, in order."""
        due = select(answer_due.c.number).order_by(answer_due.c.number).limit(most)
        with self._reading.begin() as connection:
            return connection.scalars(due).all()

    def queue_more(self, generation: bytes, most: int) -> bool:
        """The numbers are walked through once a generation; how far, stands beside the queue. An ended walk writes nothing."""
        with self._reading.begin() as connection:
            if not _following(connection, _walked(connection, generation), most):
                return False
        with self._engine.begin() as connection:
            insert_unless_known(connection, answer_walk, {"generation": generation, "after_number": ""})
            connection.execute(delete(answer_walk).where(answer_walk.c.generation != generation))
            after = connection.scalar(select(answer_walk.c.after_number).with_for_update())
            numbers = _following(connection, after or "", most)
            insert_missing(connection, answer_due, [{"number": number} for number in numbers])
            if numbers:
                connection.execute(answer_walk.update().values(after_number=numbers[-1]))
        return True

    def entries(self, numbers: Sequence[str]) -> Mapping[str, RegisterEntry | None]:
        """Read one after the other: what is stored is compared again when it is kept."""
        with self._reading.begin() as connection:
            return {number: self._entry(connection, number) for number in numbers}

    def keep(
        self,
        seen: Mapping[str, RegisterEntry | None],
        frames: Sequence[AnswerFrame],
        answers: Sequence[StoredAnswer],
    ) -> int:
        """A number that changed meanwhile keeps its place in the queue."""
        numbers = sorted(seen)
        own = certificate.c
        held = select(own.number, own.version).where(own.number.in_(numbers))
        with self._engine.begin() as connection:
            connection.execute(held.order_by(own.number, own.version).with_for_update()).all()
            unchanged = [n for n in numbers if self._entry(connection, n) == seen[n]]
            connection.execute(delete(stored_answer).where(stored_answer.c.number.in_(unchanged)))
            insert_missing(connection, answer_frame, [_frame_row(frame) for frame in frames])
            kept = set(unchanged)
            replace_rows(connection, stored_answer, [self._row(one) for one in answers if one.number in kept])
            connection.execute(delete(answer_due).where(answer_due.c.number.in_(unchanged)))
        return len(unchanged)

    def _entry(self, connection: Connection, number: str) -> RegisterEntry | None:
        """One damaged row must not hold up all the others."""
        try:
            return read_entry(connection, self._cipher, number)
        except IntegrityError:
            return None

    def _row(self, one: StoredAnswer) -> tuple[object, ...]:
        sealed = self._cipher.encrypt(
            one.own, context=answer_context(one.number, one.slot, one.status, one.frame)
        )
        return one.key, one.number, one.slot, one.status, one.frame, sealed


def _walked(connection: Connection, generation: bytes) -> str:
    own = answer_walk.c
    return connection.scalar(select(own.after_number).where(own.generation == generation)) or ""


def _following(connection: Connection, after: str, most: int) -> Sequence[str]:
    own = certificate.c
    shown = select(own.number).where(own.number > after, own.state == "published")
    return connection.scalars(shown.order_by(own.number).distinct().limit(most)).all()


def answer_context(number: str, slot: int, status: int, frame: bytes) -> bytes:
    """What binds a sealed answer to its row."""
    return b"stored-answer/%b/%d/%d/%b" % (number.encode(), slot, status, frame)


def _frame_row(frame: AnswerFrame) -> dict[str, bytes]:
    return {"id": frame.id, "generation": frame.generation, "head": frame.head, "middle": frame.middle}
