"""The page on which a person decides by a link, without an account and without JavaScript.

Loading the page decides nothing: previews and scanners of links send GET, a decision is a POST.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from stagedoor.connector import bodies
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ApiError, RequestTooLarge
from stagedoor.connector.media.routes import FILE
from stagedoor.connector.media.sending import sent
from stagedoor.connector.media.service import MediaService, Medium
from stagedoor.connector.provided import provided
from stagedoor.connector.shapes import moment
from stagedoor.ui import render

from .. import quoting
from .approval import Approval, CallApprovalState
from .errors import NoApproval
from .links import PATH
from .routes import VERDICTS
from .service import Approvals

ROUTER = APIRouter(tags=["approvals"])

_Approvals = Annotated[Approvals, provided(Approvals)]
_HTML = {"content": {"text/html": {"schema": {"type": "string"}}}}
_GONE: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is nothing here: the link is mistyped, or long over.", **_HTML}
}
_FORM: dict[str, Any] = {
    "requestBody": {
        "description": "The page's form.",
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["decision"],
                    "properties": {
                        "decision": {
                            "type": "string",
                            "enum": ["approve", "refuse"],
                            "description": "Whether the call is made.",
                        },
                        "note": {
                            "type": "string",
                            "description": "Words for the agent and the audit.",
                        },
                    },
                },
                "example": {"decision": "approve"},
            }
        },
    }
}
BY = "whoever had the link"
_MAX_FORM = 16_384
_MAX_NOTE = 500
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SAID = {
    CallApprovalState.APPROVED: "It was approved, and is done in a moment.",
    CallApprovalState.DOING: "It was approved, and is being done.",
    CallApprovalState.DONE: "It was approved, and was done.",
    CallApprovalState.FAILED: "It was approved, but it couldn't be done.",
    CallApprovalState.UNKNOWN: (
        "It was approved, but nobody can say whether it was done: look at TikTok."
    ),
    CallApprovalState.REFUSED: "It was refused: it is never done.",
    CallApprovalState.EXPIRED: "Nobody decided in time: it is never done.",
    CallApprovalState.PREPARING: "Its files are being looked at: load this page again in a moment.",
    CallApprovalState.UPLOADING: "Its file is still to come: load this page again later.",
}


@ROUTER.get(
    f"{PATH}/{{capability}}",
    name="show_approval_page",
    response_class=HTMLResponse,
    responses={200: {"description": "The page.", **_HTML}, **_GONE},
)
def look(approvals: _Approvals, capability: str) -> Response:
    """Show the call with a form to decide; once decided, only the verdict."""
    try:
        approval = approvals.by_link(capability)
    except NoApproval:
        return _not_found()
    return _page(_shown(approval, capability))


@ROUTER.get(
    f"{PATH}/{{capability}}/files/{{number}}",
    name="show_approval_file",
    response_class=Response,
    responses={
        200: {"description": "The file.", **FILE},
        206: {"description": "The range that `Range` asked for.", **FILE},
        416: {"description": "The file has no such range."},
        **_GONE,
    },
)
async def file(
    request: Request,
    approvals: _Approvals,
    database: Annotated[Database, provided(Database)],
    media: Annotated[MediaService, provided(MediaService)],
    capability: str,
    number: Annotated[int, Path(description="The number of the file, from 1.")],
) -> Response:
    """A video or photo that waits for a decision, for the page only and as long as it waits."""
    try:
        medium = await run_in_threadpool(
            _waiting_file, approvals, database, media, capability, number
        )
    except NoApproval:
        return _not_found()
    answer = await sent(request, media, medium)
    answer.headers.update(
        {
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-robots-tag": "noindex, nofollow",
        }
    )
    return answer


def _waiting_file(
    approvals: Approvals, database: Database, media: MediaService, capability: str, number: int
) -> Medium:
    """Return the file. Raises `NoApproval` if there is none, or nothing is to be decided."""
    approval = approvals.by_link(capability)
    if approval.state is not CallApprovalState.PENDING or not 1 <= number <= len(approval.files):
        raise NoApproval
    with database.read() as connection:
        tenant = TenantConnection(connection, approval.org)
        medium = media.find(tenant, approval.files[number - 1][0])
    if medium is None:
        raise NoApproval
    return medium


@ROUTER.post(
    f"{PATH}/{{capability}}",
    name="decide_by_page",
    status_code=303,
    response_class=RedirectResponse,
    responses={
        303: {"description": "The decision was taken; back to the page."},
        400: {"description": "The form has no decision.", **_HTML},
        409: {"description": "It was decided before, or can't be decided yet.", **_HTML},
        **_GONE,
    },
    openapi_extra=_FORM,
)
async def decide(request: Request, approvals: _Approvals, capability: str) -> Response:
    """Take the decision that the form sends."""
    form = await _form(request)
    chosen = form.get("decision", "")
    if chosen not in VERDICTS:
        return _page(_words("That is no answer", "Go back, and choose one of the two."), 400)
    note = form.get("note", "").strip()[:_MAX_NOTE] or None
    try:
        await run_in_threadpool(_decide, approvals, capability, chosen, note)
    except NoApproval:
        return _not_found()
    except ApiError as error:
        return _page(_words("That came too late", error.message), error.http)
    # redirect after POST: reloading the page sends no form again
    return _guarded(RedirectResponse(f"{PATH}/{capability}", 303), "")


def _decide(approvals: Approvals, capability: str, chosen: str, note: str | None) -> None:
    approval = approvals.by_link(capability)
    approvals.decide(approval.org, approval.id, VERDICTS[chosen], BY, note)


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a small form; no fields if the body is large or no form."""
    try:
        body = await bodies.read(request.scope, request.receive, _MAX_FORM)
        fields = parse_qs(body.decode(), max_num_fields=10)
    except (RequestTooLarge, ValueError):
        return {}
    return {name: values[0] for name, values in fields.items()}


def _shown(approval: Approval, capability: str) -> dict[str, object]:
    shown = approval.preview
    if approval.state is not CallApprovalState.PENDING or shown is None:
        words = _SAID.get(approval.state, "There is nothing to decide.")
        failure = approval.failure or {}
        return _words("Nothing to decide", words, str(failure.get("message") or ""))
    return {
        "preview": shown,
        "agent": quoting.name(shown.agent, "An agent"),
        "operation": approval.operation,
        # relative to the page's path, which may have a prefix
        "files": f"{capability}/files",
        "until": f"{moment(approval.expires):%Y-%m-%d %H:%M} UTC",
        "asked": f"{moment(approval.created):%Y-%m-%d %H:%M} UTC",
        "max_note": _MAX_NOTE,
    }


def _words(title: str, words: str, more: str = "") -> dict[str, object]:
    return {"preview": None, "title": title, "words": words, "more": more}


def _not_found() -> Response:
    return _page(_words("There is nothing here", "The link is mistyped, or long over."), 404)


def _page(shown: dict[str, object], status: int = 200) -> Response:
    html = render("agents/approval.html", **shown)
    return _guarded(HTMLResponse(html, status), html)


def _guarded(response: Response, html: str) -> Response:
    """Set headers that forbid scripts, framing, caching and referrers; files come from this
    origin, and the form is sent to this origin only."""
    digests = [hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(html)]
    styles = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests) or "'none'"
    response.headers.update(
        {
            "content-security-policy": (
                f"default-src 'none'; style-src {styles}; img-src 'self' data:; "
                "media-src 'self'; "
                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "x-robots-tag": "noindex, nofollow",
        }
    )
    return response
