"""Four eyes over a filing: one registered person approves it, another one issues its certificates.

Both serve the provincial department (吉人社函〔2022〕181号 三.6: results are filed with the province); that they are
not the same person is refused by the database itself as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.actor import Actor
from certsvc.domain.filing import FilingReport, FilingStatus
from certsvc.domain.regions import PROVINCE
from certsvc.errors import ConflictError, NotPermitted, UnknownReference
from certsvc.ports import ActorStore, Clock, FilingStore


@dataclass(frozen=True, slots=True)
class Approval:
    """What the two decisions need."""

    actors: ActorStore
    filings: FilingStore
    clock: Clock

    def approve(self, filing: str, actor: str) -> FilingReport:
        """The maker confirms what the gate admitted. Approving again by the same person changes nothing."""
        maker = self._provincial(actor)
        stored = self.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        if stored.status is FilingStatus.REFUSED:
            raise ConflictError("该批次的批次信息有误，整批不予受理。请按审查意见更正后重新报送。")
        if stored.maker is None:
            self.filings.approve(filing, maker.name, self.clock.now())
        elif stored.maker != maker.name:
            raise ConflictError("该备案已由另一位人员同意，无需再次同意。")
        return self.filings.report(filing)

    def begin_issue(self, filing: str, actor: str) -> FilingReport:
        """The checker takes over the issue. Raises NotPermitted for the person who approved."""
        checker = self._provincial(actor)
        stored = self.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        if stored.maker is None:
            raise ConflictError("该备案尚未同意，不能签发。请先由另一位人员运行 certsvc filing approve。")
        self.filings.begin_issue(filing, checker.name, self.clock.now())
        return self.filings.report(filing)

    def _provincial(self, name: str) -> Actor:
        actor = self.actors.find_actor(name)
        if actor is None:
            raise UnknownReference(f"没有登记名为 {name} 的人员。请先登记，或核对账号名。")
        if not actor.may_decide:
            raise NotPermitted("监督人员可以查看全部过程，但不能作出决定。")
        if actor.region != PROVINCE:
            raise NotPermitted("同意备案和签发证书由省级人力资源和社会保障部门的人员办理。")
        return actor
