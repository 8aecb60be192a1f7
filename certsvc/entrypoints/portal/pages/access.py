"""Who looks at a page of the portal, and the forms that they post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from certsvc.domain.caller import Caller
from certsvc.entrypoints.html.forms import GivenForm, given_form
from certsvc.entrypoints.portal.access import SignedHolder, signed_holder
from certsvc.entrypoints.portal.allowance import require_holders_allowance
from certsvc.stages.share_grants import Holder

Viewing = Annotated[SignedHolder, Depends(signed_holder)]
"""Whoever looks at a page."""


def counted(request: Request, signed: Viewing) -> None:
    """Count the question as one of the holder's, before a body is read. Raises HTTPException 429 with Retry-After."""
    require_holders_allowance(request, signed)


COUNTED = Depends(counted)
"""For routers all of whose routes ask in the holder's name."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form in the name of the holder of a session; it came from one of our own pages."""

    signed: SignedHolder
    form: GivenForm

    @property
    def caller(self) -> Caller:
        """The holder as a caller."""
        return self.signed.caller

    @property
    def holder(self) -> Holder:
        """Name and number of the holder."""
        return self.signed.holder


async def posted(request: Request, signed: Viewing) -> Posted:
    """The form and who sends it: the session and its CSRF token were checked first. Raises RequestError for a body that is
    no form."""
    return Posted(signed, await given_form(request))


Posting = Annotated[Posted, Depends(posted)]
"""A form that was posted."""
