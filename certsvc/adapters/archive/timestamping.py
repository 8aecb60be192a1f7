"""An RFC 3161 client that believes nothing: a token is validated before anybody may write it into a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final

import httpx
from asn1crypto import algos, cms, tsp
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import set_tsp_headers
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from certsvc.adapters.bounded_asking import (
    LongAnswerError,
    NoAnswerError,
    ask,
    trusted_by_the_machine,
)
from certsvc.domain.archive_object import MOST_SKEW
from certsvc.errors import TimestampRefused, UnavailableError

HASH_ALGORITHM: Final = "sha256"
_LONGEST_ANSWER: Final = 1 << 16
_MEDIA_TYPE: Final = "application/timestamp-reply"
_AWAY = "时间戳服务暂时没有应答，没有保存任何内容，稍后会再试。"
_STOPPING = "服务正在停止，归档未完成的部分在下次启动后继续。"


class VerifiedTimestamps(TimeStamper):
    """pyHanko's TimeStamper over HTTP. Redirects are not followed, the proxy of the environment is not used, an answer has
    `seconds` from the first byte asked to the last one read, and at most 64 KiB.

    Its methods raise UnavailableError when the server does not answer, TimestampRefused when what it answers is no timestamp
    over what was asked, of now, by a certificate that validates.
    """

    def __init__(
        self,
        address: str,
        seconds: float,
        now: Callable[[], datetime],
        context: Callable[[datetime], ValidationContext],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """`context` gives what the server's certificate is validated with, as of an instant. Once the service is `stopping`,
        no answer is waited for and none is asked: UnavailableError."""
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]  # pyHanko's
        self._address, self._seconds, self._now, self._context = address, seconds, now, context
        self._stopping = stopping

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The server's answer, read and not believed yet."""
        raw_answer = self._ask(req.dump())
        try:
            return tsp.TimeStampResp.load(raw_answer, strict=True)
        except (ValueError, TypeError) as error:
            raise _refused("应答无法解读") from error

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over the digest: its nonce, imprint, time, signature and chain are right."""
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        answer = await self.async_request_tsa_response(request)
        try:
            return await self._verified(answer, nonce, message_digest, md_algorithm)
        except SignatureValidationError as error:
            raise _refused("令牌的签名无效") from error
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise _refused("服务拒绝了请求，或应答无法解读") from error

    async def _verified(
        self, answer: tsp.TimeStampResp, nonce: int, digest: bytes, algorithm: str
    ) -> cms.ContentInfo:
        if answer["status"]["status"].native != "granted":
            raise _refused("服务拒绝了请求")
        token = answer["time_stamp_token"]
        signed = token["content"]
        stamp = signed["encap_content_info"]["content"].parsed
        if not isinstance(stamp, tsp.TSTInfo) or stamp["nonce"].native != nonce:
            raise _refused("随机数不符")
        imprint = tsp.MessageImprint(
            {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
        )
        if stamp["message_imprint"].native["hashed_message"] != imprint["hashed_message"].native or (
            stamp["message_imprint"]["hash_algorithm"]["algorithm"].native != algorithm
        ):
            raise _refused("摘要不符")
        now = self._now()
        if abs(stamp["gen_time"].native - now) > MOST_SKEW:
            raise _refused("时间与本机相差超过五分钟")
        found = await validate_tst_signed_data(signed, self._context(now), lambda _algorithm: digest)
        if not (found["intact"] and found["valid"]):
            raise _refused("令牌的签名无效")
        if found.get("trust_problem_indic") is not None or found.get("validation_path") is None:
            raise _refused("证书链未能验证（已到期、已吊销、用途不符，或缺少吊销列表）")
        return token

    def _ask(self, question: bytes) -> bytes:
        if self._stopping():
            raise UnavailableError(_STOPPING)
        headers = set_tsp_headers({"Accept-Encoding": "identity"})
        with httpx.Client(timeout=self._seconds, trust_env=False, verify=trusted_by_the_machine()) as client:
            try:
                request = client.build_request("POST", self._address, content=question, headers=headers)
                answer = ask(
                    client, request, seconds=self._seconds, longest=_LONGEST_ANSWER, stopping=self._stopping
                )
            except LongAnswerError as error:
                raise _refused("应答过长") from error
            except (NoAnswerError, httpx.InvalidURL) as error:
                raise UnavailableError(_STOPPING if self._stopping() else _AWAY) from error
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise UnavailableError(_AWAY)
        if answer.status != HTTPStatus.OK or answer.media_type.partition(";")[0] != _MEDIA_TYPE:
            raise _refused("应答不是时间戳")
        return answer.raw_body


def _refused(reason: str) -> TimestampRefused:
    return TimestampRefused(
        f"时间戳服务的应答不可信（{reason}），没有保存任何内容。请核对时间戳服务及其根证书。"
    )
