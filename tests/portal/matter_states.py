"""The states of notices, requests and the copy of the personal data: what `states.py` adds to its own."""

from __future__ import annotations

from datetime import timedelta

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.bootstrap import Office
from certsvc.domain.caller import official
from certsvc.domain.holder_notice import NoticeChannel
from certsvc.domain.holder_request import RequestKind
from certsvc.ports.holder_notices import WaitingCode
from certsvc.stages.holder_requests import RequestForm
from certsvc.stages.share_grants import Holder

PATHS = {
    "portal-notices": "/portal/notices",
    "portal-notice-settings": "/portal/notices/settings",
    "portal-requests": "/portal/requests",
    "portal-request-kinds": "/portal/requests/new",
    "portal-request-new": "/portal/requests/new?kind=correction",
    "portal-request-number": "/portal/requests/new?kind=id_number",
    "portal-data": "/portal/data",
}
"""Names of states, and where the holder of the scene's matters finds them."""
_PDF = b"%PDF-1.7 made up"
_WRONG = "证书上的工作单位写成了合并以前的名称。\n单位已于 2025 年合并，名称见附件。"


def prepare_matters(office: Office, one: PublicCertificate) -> str:
    """Give a holder two requests, one of which waits for them, and two addresses; the number of that request."""
    award, number = one.draft.content.award, one.draft.content.number
    holder = Holder(award.name, award.document.number)
    caller, desk = office.holder_sign_in.caller_of(holder), office.request_desk
    maker = office.actors.find_actor("maker")
    assert maker is not None
    made = [
        desk.holders.make(
            holder, caller, RequestForm(kind, number, _WRONG, "吉林省第一建筑工程有限公司", "", (_PDF,), kind)
        )
        for kind in (RequestKind.CORRECTION, RequestKind.APPEAL)
    ]
    desk.work.ask_back(made[0], "请补充单位合并的批复文件，加盖公章。", official(maker))
    _give(office, holder, NoticeChannel.EMAIL, "li.xiaoming@example.com", confirmed=True)
    _give(office, holder, NoticeChannel.SMS, "13800001234", confirmed=False)
    return made[0]


def _give(office: Office, holder: Holder, channel: NoticeChannel, address: str, *, confirmed: bool) -> None:
    addresses, owner = office.notice_desk.holders.addresses, office.holder_news.owner_of(holder.id_number)
    now = office.clock.now()
    code = WaitingCode(f"C{channel}", b"d" * 32, "123456", now + timedelta(minutes=10))
    addresses.ask_code(owner, channel, address, code, now)
    if confirmed:
        addresses.confirm(owner, channel, code.digest, now)
