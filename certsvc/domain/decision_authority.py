"""Who may decide over a certificate, and that two different persons of one authority do (经办、复核分离)."""

from __future__ import annotations

from certsvc.domain.actor import Actor
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_kinds import ENDED
from certsvc.domain.delegation import persons_behind, share_a_person
from certsvc.domain.regions import PROVINCE, REGIONS, RegionKind, city_of
from certsvc.errors import NotPermitted


def city_responsible(award: Award) -> str | None:
    """The city or prefecture whose territory the title counts in, or else the holder's unit lies in; None for neither."""
    place = award.validity_area or award.unit_region
    return None if place is None else city_of(place)


def require_authority(kind: DecisionKind, actor: Actor, award: Award, status: CertificateStatus) -> None:
    """Raises NotPermitted unless the actor's authority may decide this over the certificate.

    The province decides everything, and alone decides a revocation (吉人社函〔2022〕38号 四（二）), a write-off, and the
    lifting of what ended a title. The responsible city may correct, suspend, lift a suspension, and propose a voiding.
    """
    if not actor.may_decide:
        raise NotPermitted("监督人员可以查看全部过程，但不能作出决定。")
    if actor.region == PROVINCE:
        return
    if kind is DecisionKind.REVOKE:
        raise NotPermitted("职称的撤销由省人力资源和社会保障厅决定。请将核查情况报省厅。")
    if kind is DecisionKind.WRITE_OFF:
        raise NotPermitted("援外激励职称的核销由省人力资源和社会保障厅决定。请将有关情况报省厅。")
    if kind is DecisionKind.REINSTATE and status in ENDED:
        raise NotPermitted(f"{status.label}的证书由省人力资源和社会保障厅决定恢复。请将有关情况报省厅。")
    region = REGIONS.get(actor.region)
    if region is None or region.kind is not RegionKind.CITY:
        raise NotPermitted("该决定由省级或所属市（州）人力资源和社会保障部门作出。请报上级部门办理。")
    if city_responsible(award) != actor.region:
        raise NotPermitted("该证书不属于本市（州）管辖，不能由您作出决定。请报证书所属市（州）或省厅办理。")


def require_second_person(kind: DecisionKind, maker: Actor, checker: Actor) -> None:
    """Raises NotPermitted for the proposer's own confirmation, or one from an authority that does not confirm this.

    A voiding is confirmed by the province, whoever proposed it (38号 六（二） names no authority); everything else by the
    authority that proposed it.
    """
    makers, checkers = (persons_behind(one.name, one.person) for one in (maker, checker))
    if share_a_person(makers, checkers):
        raise NotPermitted("确认人与提出决定的人不能是同一人（经办、复核分离）。请由另一位人员确认。")
    if kind is DecisionKind.VOID:
        if checker.region != PROVINCE:
            raise NotPermitted("无效由省人力资源和社会保障厅确认。请报省厅确认。")
    elif maker.region != checker.region:
        raise NotPermitted("决定须由提出该决定的同一部门的另一位人员确认。")
