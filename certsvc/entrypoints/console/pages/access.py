"""Forms that the pages post: whose they are, and what stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from certsvc.domain.caller import Caller
from certsvc.entrypoints.console.access import cookies_of, office_of, signed_in
from certsvc.entrypoints.html.forms import GivenForm, given_form
from certsvc.entrypoints.http.csrf import given_csrf
from certsvc.entrypoints.http.subjects import request_subject
from certsvc.errors import NotSignedIn
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


async def posted(request: Request) -> Posted:
    """The form and who sends it. Raises NotSignedIn before the body is read; NotPermitted without the session's CSRF token."""
    token = cookies_of(request).session(request)
    if token is None:
        raise NotSignedIn("登录已失效。请重新登录，再提交一次。")
    sign_in = office_of(request).sign_in
    session = await run_in_threadpool(sign_in.resume, token)
    form = await given_form(request)
    given = await given_csrf(request)
    await run_in_threadpool(sign_in.check_csrf, token, given, session.caller, request_subject(request))
    return Posted(session, form)


Posting = Annotated[Posted, Depends(posted)]
"""A form that was posted."""
