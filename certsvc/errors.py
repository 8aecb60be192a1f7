"""One error root; families by whose fault it is.

A *refusal* of a filing, of a row or of a presented certificate is no error: it is a value with findings.
What is raised here is a failure: somebody's request cannot be served, or the line must stop.
"""

from __future__ import annotations


class CertsvcError(Exception):
    """Root of every failure this service raises on purpose.

    `code` is stable and in kebab-case; `str(error)` is a Chinese sentence for the person who asked.
    """

    code = "failure"


class RequestError(CertsvcError):
    """The caller asked for something that cannot be done as asked."""

    code = "bad-request"


class UnreadableInput(RequestError):
    """The bytes given are not a file of the intake format (exit code 2 of `filing submit`).

    `case`: the number in the catalogue of bad inputs, where it has one.
    """

    code = "unreadable-input"

    def __init__(self, message: str, case: int | None = None) -> None:
        super().__init__(message)
        self.case = case


class MistypedCode(RequestError):
    """What was typed is no manual code; `group` (1 to 3) is to be looked at again, None: any of them."""

    code = "manual-code-mistyped"

    def __init__(self, group: int | None) -> None:
        where = "逐组核对" if group is None else f"核对第 {group} 组"
        super().__init__(
            f"校验码有误：请{where}。校验码印在二维码旁，共三组，每组五位，不含数字 0、1 和字母 I、L、O。"
        )
        self.group = group


class MistypedReportCode(MistypedCode):
    """What was typed is no report code; `group` as there."""

    code = "report-code-mistyped"

    def __init__(self, group: int | None) -> None:
        where = "逐组核对" if group is None else f"核对第 {group} 组"
        RequestError.__init__(
            self,
            f"报告查验码有误：请{where}。查验码印在核验报告上，以字母 B 开头，共三组，每组六位，不含数字 0、1 和字母 I、L、O。",
        )
        self.group = group


class UnknownReference(RequestError):
    """A filing, certificate, actor or document that was named does not exist."""

    code = "unknown-reference"


class NotSignedIn(RequestError):
    """Nobody is signed in: the session or token is missing, over, spent or not for this request."""

    code = "not-signed-in"


class MistypedKey(NotSignedIn):
    """What was sent as an organisation's key is none, or not as it was given out: its check symbols do not agree."""

    code = "api-key-mistyped"

    def __init__(self) -> None:
        super().__init__(
            "机构密钥有误：请核对是否完整复制（形如 certsvc_…_…）。核验不需要密钥，去掉 Authorization 也可查询。"
        )


class UnknownKey(NotSignedIn):
    """Well written, and no key that was given out; a wrong secret under a right id is told the same."""

    code = "api-key-unknown"

    def __init__(self) -> None:
        super().__init__(
            "没有这把机构密钥。请核对，或向发放单位询问；核验不需要密钥，去掉 Authorization 也可查询。"
        )


class EndedKey(NotSignedIn):
    """A key that was given out, shown whole, and works no more."""

    code = "api-key-ended"

    def __init__(self) -> None:
        super().__init__(
            "这把机构密钥已停用或到期。请换用新的密钥；核验不需要密钥，去掉 Authorization 也可查询。"
        )


class QuotaExceeded(RequestError):
    """The quota of an organisation's key is used up; `wait_seconds` until it is not, `policy`: `minute` or `day`."""

    code = "quota-exceeded"

    def __init__(self, policy: str, wait_seconds: int) -> None:
        when = "今日的查询配额已用完，北京时间零点后恢复" if policy == "day" else "每分钟的查询配额已用完"
        super().__init__(f"{when}。请在 Retry-After 所示的秒数之后再试。")
        self.policy = policy
        self.wait_seconds = max(1, wait_seconds)


class NotPermitted(RequestError):
    """The named actor may not do this: wrong role, wrong region, or the same person twice."""

    code = "not-permitted"


class ConflictError(CertsvcError):
    """The state of the object does not allow the step (out of order, or changed by somebody else)."""

    code = "conflict"


class UnavailableError(CertsvcError):
    """Something this service depends on does not answer; the same call may be made again."""

    code = "unavailable"


class NotWitnessed(UnavailableError):
    """What is committed is not public yet: too few witnesses have cosigned the checkpoint. It is tried again."""

    code = "not-witnessed"


class KeyNotInForce(UnavailableError):
    """The trust list in force does not let this key sign today: unknown there, not begun, or over.

    Signing waits; it goes on when a list that names the key is published, or the key was renewed.
    """

    code = "key-not-in-force"


class SignerRefused(UnavailableError):
    """The holder of the signing keys answers, and does not sign: token, PIN or key name are not what it wants.

    Signing waits, for a proxy that is deployed anew says the same; what needs no signature goes on.
    """

    code = "signer-refused"


class TimestampRefused(UnavailableError):
    """What the timestamp server answered is no timestamp that may be believed; nothing of it was kept."""

    code = "timestamp-refused"


class ConfigurationError(CertsvcError):
    """A setting, key or home folder is missing or contradicts another."""

    code = "configuration"


class KeysChangedError(ConfigurationError):
    """Another key has taken over from one that this process has in memory: started anew, it goes on with the new one."""

    code = "keys-changed"


class IntegrityError(CertsvcError):
    """Stored or produced bytes are not what they must be. Never swallowed.

    In the log or the keys it stops the line. Where the background work meets it in one certificate or filing, that one is
    written down (/console/jobs), and the others go on.
    """

    code = "integrity"


class OlderDatabase(IntegrityError):
    """The database holds less of the log than was shown: an old backup, a standby that missed the end.

    Stops the line: nothing gets better by trying again, only by bringing the newer database or a rebuild.
    """

    code = "older-database"
