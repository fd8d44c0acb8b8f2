"""The pages of a sign-in: plain HTML without scripts, never framed."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from math import ceil

from starlette.responses import HTMLResponse, RedirectResponse, Response

from stagedoor.ui.pages import render

from . import redirects
from .addresses import AUTHORIZE, Addresses
from .consent import AuthorizationRequest, ClientRedirect, ProvenAgent
from .errors import OAuthError
from .forms import Seal

_HEADERS = {
    "cache-control": "no-store",
    # the page's own address, and where it leads, are sent to no other site
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def ask(
    asked: AuthorizationRequest, at: Addresses, seal: Seal, wrong: OAuthError | None = None
) -> Response:
    """The first page: names the client, and asks the person for a proof for an agent."""
    page = render(
        "agents/consent.html",
        action=at.path + AUTHORIZE,
        client=asked.client.name,
        place=redirects.target_in_words(asked.back.uri),
        uri=asked.back.uri,
        carried=asked.carried,
        seal=seal.of(asked.carried),
        wrong=None if wrong is None else wrong.message,
    )
    return _page(page, asked.back, seal, wrong)


def allow(proven: ProvenAgent, at: Addresses, seal: Seal) -> Response:
    """The second page: it says what the client may do after a yes."""
    page = render(
        "agents/allow.html",
        action=at.path + AUTHORIZE,
        client=proven.client,
        agent=proven.agent,
        org=proven.org,
        may=proven.may,
        place=redirects.target_in_words(proven.back.uri),
        uri=proven.back.uri,
        ticket=proven.ticket,
        seal=seal.of({"ticket": proven.ticket}),
    )
    return _page(page, proven.back, seal)


def back(
    to: ClientRedirect, url: str, title: str, words: str, *, refused: bool = False
) -> Response:
    """Send the browser to the client.

    A redirect is used for this machine only. Elsewhere a page stands in between: browsers count
    every later redirect of the client's address as the form's own target, and forbid it. After an
    error the page doesn't forward by itself, otherwise this server would be an open redirect to any
    registered address.
    """
    if redirects.is_near(to.uri) and (refused or redirects.origin(to.uri) is not None):
        return RedirectResponse(url, 303, _HEADERS)
    page = render(
        "agents/back.html",
        title=title,
        words=words,
        url=url,
        place=redirects.target_in_words(to.uri),
        by_itself=not refused,
    )
    response = _page(page)
    if refused:
        response.status_code = 400
    else:
        response.headers["refresh"] = f"0; url={url}"
    return response


def wrong(error: OAuthError) -> Response:
    """Show an error for which there is no address to send the browser to."""
    return _page(render("agents/wrong.html", why=error.message), wrong=error)


def _page(
    page: str,
    to: ClientRedirect | None = None,
    seal: Seal | None = None,
    wrong: OAuthError | None = None,
) -> Response:
    response = HTMLResponse(page, 200 if wrong is None else wrong.http, _HEADERS)
    response.headers["content-security-policy"] = _policy(to)
    if seal is not None and seal.cookie is not None:
        response.headers["set-cookie"] = seal.cookie
    if wrong is not None and wrong.retry_after is not None:
        response.headers["retry-after"] = str(ceil(wrong.retry_after))
    return response


def _policy(to: ClientRedirect | None) -> str:
    target = None if to is None else redirects.origin(to.uri)
    forms = "'self'" if target is None else f"'self' {target}"
    return (
        f"default-src 'none'; style-src '{_style()}'; img-src data:; form-action {forms}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    """Return the only style sheet that the policy allows, by its hash."""
    digest = hashlib.sha256(render("style.css").encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
