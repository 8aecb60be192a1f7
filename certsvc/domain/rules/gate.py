"""All rules of the gate in the order in which their findings are told.

A header rule sees the docket, a row rule one candidate and the docket; both give findings and decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from certsvc.domain.findings import Finding
from certsvc.domain.rules.announced import check_announced_list, check_announced_row
from certsvc.domain.rules.announcement import check_announcement
from certsvc.domain.rules.authority import check_authority, check_committee
from certsvc.domain.rules.batches import check_annulled, check_voided_batch
from certsvc.domain.rules.counts import check_counts
from certsvc.domain.rules.delegation import check_delegation
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.dual_directed import check_county, check_dual_directed
from certsvc.domain.rules.filing_chain import check_filing_chain
from certsvc.domain.rules.glyphs import check_glyphs, check_header_glyphs
from certsvc.domain.rules.identity import check_person
from certsvc.domain.rules.incentives import check_incentive
from certsvc.domain.rules.meeting import check_meeting
from certsvc.domain.rules.online_system import check_online
from certsvc.domain.rules.policies import check_policies
from certsvc.domain.rules.promotion import check_promotion
from certsvc.domain.rules.province_reviews import check_province_batch, check_province_committee
from certsvc.domain.rules.publicity import check_publicity
from certsvc.domain.rules.results import check_result
from certsvc.domain.rules.titles import check_title
from certsvc.domain.rules.units import check_unit
from certsvc.domain.rules.used_incentives import check_used_incentives
from certsvc.domain.rules.ways_evidence import check_ways_evidence

HeaderRule = Callable[[Docket], Iterator[Finding]]
RowRule = Callable[[Candidate, Docket], Iterator[Finding]]

HEADER_RULES: Final[tuple[HeaderRule, ...]] = (
    check_committee,
    check_voided_batch,
    check_meeting,
    check_policies,
    check_county,
    check_province_batch,
    check_publicity,
    check_filing_chain,
    check_announcement,
    check_announced_list,
    check_counts,
    check_online,
    check_header_glyphs,
)
ROW_RULES: Final[tuple[RowRule, ...]] = (
    check_person,
    check_unit,
    check_authority,
    check_delegation,
    check_province_committee,
    check_title,
    check_promotion,
    check_incentive,
    check_ways_evidence,
    check_used_incentives,
    check_dual_directed,
    check_result,
    check_annulled,
    check_announced_row,
    check_glyphs,
)
