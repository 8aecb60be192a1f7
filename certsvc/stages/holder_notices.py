"""The holder's side of notices on change: the inbox, and the addresses for e-mail and SMS.

Source: an address is personal data that the holder gives for this purpose, and takes back at any time (个人信息保护法 第十五条).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.holder_notice import HolderNotice, NoticeChannel
from certsvc.domain.id_numbers import asked_id_numbers
from certsvc.domain.notice_address import CODE_LIVES, NoticeAddress, new_code, read_address, read_code
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, RequestError
from certsvc.ports import Clock
from certsvc.ports.holder_notices import HolderInbox, NoticeAddresses, NoticeQueue, WaitingCode
from certsvc.stages.permits import Permits
from certsvc.stages.share_grants import Holder

KEPT_NOTICES: Final = timedelta(days=3 * 365)
KEPT_MESSAGES: Final = timedelta(days=90)
_CHUNK: Final = 500
_KEY_BYTES: Final = 20
_OFF: Final = "这种通知方式没有开通。变动通知仍可在本页查看。"


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One page of an inbox."""

    entries: tuple[HolderNotice, ...]
    total: int
    unread: int


@dataclass(frozen=True, slots=True)
class HolderNotices:
    """What the portal calls. `key_of`: the keyed digest of a text; `offered`: the ways that the settings open."""

    permits: Permits
    inbox: HolderInbox
    addresses: NoticeAddresses
    key_of: Callable[[str], bytes]
    offered: Collection[NoticeChannel]
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def page(self, holder: Holder, by: Caller, offset: int, most: int) -> InboxPage:
        """Entries of the holder, the unread first. Raises NotPermitted."""
        self.permits.require(Action.NOTICE_READ, by, "notice")
        owners = self._owners(holder)
        total, unread = self.inbox.counted(owners)
        return InboxPage(self.inbox.page(owners, offset, most), total, unread)

    def unread(self, holder: Holder) -> int:
        """How many entries the holder has not read."""
        return self.inbox.counted(self._owners(holder))[1]

    def mark_read(self, holder: Holder, by: Caller, notice: int | None) -> int:
        """Note that one entry of the holder (None: all) was read; how many were unread. Raises NotPermitted."""
        self.permits.require(Action.NOTICE_READ, by, "notice")
        return self.inbox.mark_read(self._owners(holder), notice, self.clock.now())

    def ways(self, holder: Holder, by: Caller) -> tuple[NoticeAddress, ...]:
        """Every way that is offered, with what the holder gave for it. Raises NotPermitted."""
        self.permits.require(Action.NOTICE_SET, by, "notice-address")
        given = {one.channel: one for one in self.addresses.of_owner(self._owner(holder))}
        return tuple(
            given.get(channel, NoticeAddress(channel, None, switched_on=False))
            for channel in NoticeChannel
            if channel in self.offered or channel in given
        )

    def enter(self, holder: Holder, by: Caller, channel: NoticeChannel, address: str) -> None:
        """Send a code to an address. Raises RequestError (no address, way not offered), ConflictError (too many codes)."""
        self.permits.require(Action.NOTICE_SET, by, "notice-address")
        if channel not in self.offered:
            raise RequestError(_OFF)
        owner, now = self._owner(holder), self.clock.now()
        code = new_code(self.random_bytes)
        waiting = WaitingCode(
            key="C" + self.random_bytes(_KEY_BYTES).hex()[1:],
            digest=self._code_digest(owner, channel, code),
            code=code,
            ends_at=now + CODE_LIVES,
        )
        if not self.addresses.ask_code(owner, channel, read_address(channel, address), waiting, now):
            raise ConflictError("验证码发送次数已到上限。请稍后再试（每小时最多 3 次，每天最多 6 次）。")

    def confirm(self, holder: Holder, by: Caller, channel: NoticeChannel, code: str) -> None:
        """Take the address into use. Raises RequestError, the same for a wrong code, one that is over, and none at all."""
        self.permits.require(Action.NOTICE_SET, by, "notice-address")
        owner = self._owner(holder)
        digest = self._code_digest(owner, channel, read_code(code))
        if not self.addresses.confirm(owner, channel, digest, self.clock.now()):
            raise RequestError(
                "验证码不对，或者已失效（10 分钟内有效，最多可试 5 次）。请核对，或重新获取验证码。"
            )

    def switch(self, holder: Holder, by: Caller, channel: NoticeChannel, *, on: bool) -> None:
        """Switch a confirmed address on or off. Raises NotPermitted."""
        self.permits.require(Action.NOTICE_SET, by, "notice-address")
        self.addresses.switch(self._owner(holder), channel, on=on)

    def remove(self, holder: Holder, by: Caller, channel: NoticeChannel) -> None:
        """Forget an address. Raises NotPermitted."""
        self.permits.require(Action.NOTICE_SET, by, "notice-address")
        self.addresses.remove(self._owner(holder), channel)

    def _owner(self, holder: Holder) -> bytes:
        return self.key_of(asked_id_numbers(holder.id_number)[-1])

    def _owners(self, holder: Holder) -> tuple[bytes, ...]:
        return self.inbox.owners(self._owner(holder))

    def _code_digest(self, owner: bytes, channel: NoticeChannel, code: str) -> bytes:
        return self.key_of(f"notice-code/{owner.hex()}/{channel}/{code}")


@dataclass(frozen=True, slots=True)
class NoticeRetention:
    """Forgets entries after three years, and messages 90 days after they ended."""

    inbox: HolderInbox
    queue: NoticeQueue
    clock: Clock

    def work(self, stopping: Callable[[], bool]) -> None:
        """Delete what was kept long enough, chunk by chunk."""
        now = self.clock.now()
        for forget, kept in (
            (self.inbox.forget_before, KEPT_NOTICES),
            (self.queue.forget_before, KEPT_MESSAGES),
        ):
            while not stopping() and forget(now - kept, _CHUNK) == _CHUNK:
                pass
