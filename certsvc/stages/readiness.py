"""Whether this process can answer: the register, the age of the published log, the keys in the trust list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from certverify import LedgerUnavailable, StatusSource, Trust
from certverify.codes import Effect
from certverify.confinement import Layer
from certverify.errors import NotExaminedError, SandboxBusyError
from certverify.examination import Examination, Question
from certverify.meanings import MEANINGS
from certverify.pdf_sandbox import PdfSandbox

from certsvc.errors import UnavailableError
from certsvc.ports import Clock, RecordSigner
from certsvc.ports.annotated_copies import CopyBoard
from certsvc.ports.verification import PublishedState, Register
from certsvc.stages.signer_health import SignerHealth, SignerReport

OK = "ok"
_PATIENCE = timedelta(minutes=10)  # a copy is finished in seconds
_NOT_READ = "unreadable"


class Readiness:
    """Looks at what an answer rests on."""

    def __init__(
        self,
        published: PublishedState,
        register: Register,
        signer: RecordSigner,
        clock: Clock,
        max_age: timedelta,
        signers: SignerHealth | None = None,
        copies: CopyBoard | None = None,
        sandbox: PdfSandbox | None = None,
    ) -> None:
        self._published = published
        self._register = register
        self._signer = signer
        self._clock = clock
        self._max_age = max_age
        self._signers = signers
        self._copies = copies
        self._sandbox = sandbox

    def check(self) -> Mapping[str, str]:
        """`ok` or a reason for each of `database`, `checkpoint`, `keys`; never raises for something that is away."""
        return {"database": self._database(), **self._tree()}

    def signers(self) -> tuple[SignerReport, ...]:
        """How each signing key stands. Answers do not rest on them: what was signed can be checked without any key."""
        return () if self._signers is None else self._signers.reports()

    def unfinished_copies(self) -> int | None:
        """Annotated copies that wait for their document for more than ten minutes: somebody must look into the log of the
        background work. None while the register does not answer.
        """
        if self._copies is None:
            return 0
        try:
            return self._copies.overdue(self._clock.today(), self._clock.now() - _PATIENCE)
        except UnavailableError:
            return None

    def sandbox_walls(self) -> Mapping[str, bool] | None:
        """Which walls of the kernel stand around files that are looked into (docs/formats/document.md), each by its name.

        None where nothing is looked into, or while no process can be asked.
        """
        if self._sandbox is None:
            return None
        try:
            held = self._sandbox.layers()
        except (NotExaminedError, SandboxBusyError):
            return None
        return {layer.value: layer in held for layer in Layer}

    def checkpoint_age(self) -> float | None:
        """Seconds since the published checkpoint was the newest, as log and witnesses cosigned it; None when nothing says so."""
        try:
            _, ledger = self._published.open()
        except UnavailableError:
            return None
        as_of = None if isinstance(ledger, LedgerUnavailable) else ledger.freshness.as_of
        return None if as_of is None else self._seconds_since(as_of)

    def _seconds_since(self, instant: datetime) -> float:
        return (self._clock.now() - instant).total_seconds()

    def _database(self) -> str:
        try:
            self._register.some_number()
        except UnavailableError:
            return "unavailable"
        return OK

    def _tree(self) -> Mapping[str, str]:
        try:
            trust, ledger = self._published.open()
        except UnavailableError:
            return {"checkpoint": _NOT_READ, "keys": _NOT_READ}
        return {"checkpoint": self._judge(trust, ledger), "keys": self._keys(trust)}

    def _judge(self, trust: Trust, ledger: StatusSource | LedgerUnavailable) -> str:
        if isinstance(ledger, LedgerUnavailable):
            return ledger.code.value
        exam = Examination(trust, Question(self._clock.now(), None, self._max_age))
        exam.judge_freshness(ledger.freshness)
        open_codes = (code.value for code in exam.codes if MEANINGS[code].effect is Effect.UNDETERMINED)
        return next(open_codes, OK)

    def _keys(self, trust: Trust) -> str:
        """The record key that this office holds is one that verifiers are told to believe."""
        key = trust.trust_list.record_keys.get(self._signer.kid)
        held = key is not None and key.public_key.public_bytes_raw() == self._signer.public_key
        return OK if held else "not-published"
