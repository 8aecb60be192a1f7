"""Forms that the pages post: whose they are, and what stands in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from certsvc.domain.caller import Caller
from certsvc.entrypoints.console.access import office_of, session_of, signed_in
from certsvc.entrypoints.html.forms import GivenForm, given_form
from certsvc.entrypoints.http.csrf import given_csrf
from certsvc.entrypoints.http.permitted import turn_away
from certsvc.entrypoints.http.subjects import request_subject
from certsvc.stages.sign_in import SignedIn

Viewing = Annotated[SignedIn, Depends(signed_in)]
"""Whoever looks at a page."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form in the name of the official of a session; it came from one of our own pages."""

    session: SignedIn
    form: GivenForm

    @property
    def caller(self) -> Caller:
        """The official."""
        return self.session.caller


async def posted(request: Request) -> AsyncIterator[Posted]:
    """The form and who sends it. Raises NotSignedIn before the body is read; NotPermitted without the session's CSRF token."""
    session = await run_in_threadpool(session_of, request)
    try:
        given = await given_csrf(request)
        sign_in = office_of(request).sign_in
        await run_in_threadpool(sign_in.check_csrf, session, given, request_subject(request))
        await run_in_threadpool(turn_away, request, session.caller, office_of(request).permits)
        yield Posted(session, await given_form(request))
    finally:
        await request.close()  # files of a form lie in temporary files


Posting = Annotated[Posted, Depends(posted)]
"""A form that was posted."""
