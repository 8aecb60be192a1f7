"""What is noted of an answer, in one place: that a certificate was found and what was told of it, or that nothing agreed.

The log of look-ups is for holders: a line in it says that somebody checked, never what agreed with nothing. What agreed with
nothing is counted alone, for the watch over those who try numbers out.
"""

from __future__ import annotations

from certverify import Verdict
from fastapi import Request

from certsvc.entrypoints.public_api.askers import Asker, asker_of
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.ports.look_ups import HANDED_OUT, LookUp, LookUpChannel
from certsvc.stages.looked_up import number_found
from certsvc.stages.verify import HolderClaim


def note_verdict(
    service: PublicService, request: Request, verdict: Verdict, claim: HolderClaim | None = None
) -> None:
    """Note a verdict that is about to be told; `claim`: how it was asked for, unless a record was shown."""
    note_answer(service, asker_of(request), verdict, claim)


def note_answer(
    service: PublicService,
    asker: Asker,
    verdict: Verdict,
    claim: HolderClaim | None = None,
    channel: LookUpChannel | None = None,
) -> None:
    """The same of an asker; `channel` where it is not the asker's own, as with rows of a batch."""
    number = number_found(verdict)
    if number is not None:
        _note(service, asker, number, verdict.outcome.value, channel)
    elif claim is not None:
        note_miss(service, asker, claim)


def note_hand_out(service: PublicService, request: Request, number: str) -> None:
    """Note that evidence or a record of a certificate goes out, with no verdict of ours."""
    _note(service, asker_of(request), number, HANDED_OUT, None)


def note_miss(service: PublicService, asker: Asker, claim: HolderClaim) -> None:
    """Count a question by number that agreed with nothing."""
    service.watch.missed(
        asker.key,
        claim.number,
        f"{claim.name}/{claim.id_last4}",
        organisation=asker.organisation is not None,
    )


def _note(
    service: PublicService, asker: Asker, number: str, told: str, channel: LookUpChannel | None
) -> None:
    at = service.clock.now()
    service.look_ups.note(
        LookUp(at, number, channel or asker.channel, told, asker.key, asker.organisation, asker.purpose)
    )
