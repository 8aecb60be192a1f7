"""Errors of the verifier: one root, grouped by what the reader may conclude.

A *verdict* is never an error. What is raised here stays inside the library: the checks of `check` and `bundle` turn
it into findings. Callers that use a single decoder get exactly the one error that its docstring names.
"""

from __future__ import annotations


class CertverifyError(Exception):
    """Root of everything this library raises on purpose."""


class DecodeError(CertverifyError):
    """Bytes or text are not what their format says. Nothing can be concluded about the certificate."""


class CborError(DecodeError):
    """Not deterministic CBOR (RFC 8949 4.2.1) of plain values, or too large."""


class JsonError(DecodeError):
    """Not the JSON that the format asks for: syntax, a duplicate or unexpected key, a wrong type, or too large."""


class RecordUnreadableError(DecodeError):
    """The text of a QR symbol holds no record of docs/formats/qr-record.md."""


class RecordAlteredError(DecodeError):
    """A record stands in the text, but the text around it was changed: never the work of the issuer."""


class ManualCodeError(DecodeError):
    """What was typed is no manual code of docs/formats/manual-code.md; `group` (1 to 3) is the one to look at again, None
    when every group is well-formed and only the check symbol does not agree.
    """

    def __init__(self, group: int | None) -> None:
        super().__init__(
            "no manual code" if group is None else f"group {group} of the manual code is malformed"
        )
        self.group = group


class NoteError(DecodeError):
    """Not a signed note (C2SP signed-note), or not a verifier key."""


class CheckpointError(DecodeError):
    """A signed note whose text is no checkpoint (C2SP tlog-checkpoint)."""


class TlogProofError(DecodeError):
    """Not a transparency log proof (C2SP tlog-proof)."""


class PolicyError(DecodeError):
    """Not a policy file (C2SP tlog-policy), or one this library cannot enforce."""


class LeafError(DecodeError):
    """Not a leaf of docs/formats/ledger.md."""


class StatusError(DecodeError):
    """A status chunk, shard or list of shard roots has the wrong size, or a slot lies outside the array."""


class TrustListError(DecodeError):
    """The trust list, its tables or its policy cannot be read, or contradict each other."""


class TrustMixedError(TrustListError):
    """The files of the trust material belong to different publications: one that is under way, or a download cut short."""


class TrustForgedError(TrustListError):
    """The trust material is not signed by the trust anchors as it must be: none of it is believed."""


class CertificateError(DecodeError):
    """A certificate of a document key cannot be read, or the chain behind it is broken."""


class BundleError(DecodeError):
    """Not a bundle of docs/formats/bundle.md."""


class ImageError(DecodeError):
    """The file is no picture that can be read within the limits."""


class WitnessRequestError(DecodeError):
    """Not a request of a log to a witness (C2SP tlog-witness, add-checkpoint)."""


class LogReceiptError(DecodeError):
    """Not a log receipt of docs/formats/log-receipt.md."""


class SignedVerdictError(DecodeError):
    """Not a signed verdict of docs/formats/signed-verdict.md."""


class NewerFormatError(DecodeError):
    """A format of a later version, or a code that this library does not know: a newer one may read it."""


class ProofError(CertverifyError):
    """Hashes do not lead to the root they were said to lead to (RFC 9162 2.1.3.2, 2.1.4.2)."""


class SignatureError(CertverifyError):
    """A signature that names a known key does not verify under it."""


class KeyUnknownError(CertverifyError):
    """No key we know has signed; nothing follows about the content."""


class KeyNotInForceError(KeyUnknownError):
    """A key of the log has signed for a time outside its dates; nothing follows about the content."""


class TreeError(CertverifyError):
    """The downloaded public tree does not answer the question."""


class TreeMissingError(TreeError):
    """A file of the public tree is not there, or cannot be read."""


class SourceUnreachableError(TreeMissingError):
    """Nobody answers where the public tree should be, or not in time."""


class TreeInconsistentError(TreeError):
    """The files of the public tree contradict its checkpoint, or each other."""


class AuditError(CertverifyError):
    """An auditor found that a consistent log says what it must not say; `reason` is a short code: `a-z`, `0-9`, `-`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyFileError(CertverifyError):
    """The key of a witness or an auditor cannot be read, made or used; the words are Chinese and English."""


class NotExaminedError(CertverifyError):
    """An uploaded file could not be looked into: the sandbox gave no answer that can be used. Nothing follows about it."""


class PdfGrammarError(CertverifyError):
    """Bytes of a PDF file do not follow the grammar that they must follow (docs/formats/archive-object.md)."""


class SandboxBusyError(CertverifyError):
    """More files wait to be examined than the machine has places for; ask again in a moment."""


class WitnessStateError(CertverifyError):
    """The folder of a witness does not hold a key and a state that belong together; serving from it would be unsafe."""


class MonitorStateError(CertverifyError):
    """The folder of a monitor, or the key of an auditor, cannot be used, or is in use by another process."""


class MirrorError(CertverifyError):
    """The folder of a mirror cannot be used, or is in use by another process; the words are Chinese and English."""


class OutputError(CertverifyError):
    """Standard output cannot be written: a full disk, say."""


class BatchError(CertverifyError):
    """A list cannot be read, or its results cannot be written; the words are Chinese and English."""
