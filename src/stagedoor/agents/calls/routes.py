"""Where agents send files to: it answers as TikTok's upload_url does, and the file's end
publishes the post."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from stagedoor.connector.errors import BadRequest, Forbidden
from stagedoor.connector.media import ranges, receive
from stagedoor.connector.media.capability import Purpose
from stagedoor.connector.media.errors import UploadComplete, UploadTooSlow
from stagedoor.connector.media.service import Medium

from ..api import AgentsAre
from ..approvals.approval import Approval
from ..approvals.errors import NoApproval
from ..identity.errors import NoAgent
from ..services import Agents
from .posts import UPLOADS

ROUTER = APIRouter(tags=["agents"])


@ROUTER.put(f"{UPLOADS}/{{capability}}", summary="Upload an agent's file, or a piece")
async def upload(request: Request, agents: AgentsAre, capability: str) -> Response:
    """206 for a piece, 201 for the last one, as TikTok has it."""
    media = agents.services.media
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.UPLOAD)
    await asyncio.to_thread(_still_trusted, agents, medium)
    headers = request.headers
    body = ranges.sent(headers.get("content-range"), headers.get("content-length"))
    if isinstance(body, ranges.Question):
        return _told(medium)
    try:
        kept = await receive.take_piece(media, medium, body, request.stream())
    except ClientDisconnect:
        return Response(status_code=400)
    except UploadTooSlow as error:
        return receive.broken_off(error)
    except UploadComplete:
        kept = medium  # its answer was lost, perhaps before the post was published
    if kept.complete and kept.post is not None:
        await media.after_upload(_go_on, agents, kept.org, kept.post)
    return _told(kept)


def _go_on(agents: Agents, org: str, post_id: str) -> None:
    """With the last byte the post is published, or a person is asked about it."""
    if _waits(agents, org, post_id) is not None:
        agents.approvals.arrived(org, post_id)
    else:
        agents.services.posts.publish(org, post_id)


def _waits(agents: Agents, org: str, post_id: str) -> Approval | None:
    """The approval that the file is for."""
    try:
        return agents.approvals.get(org, post_id)
    except NoApproval:
        return None


def _still_trusted(agents: Agents, medium: Medium) -> None:
    """An agent that was stopped, or deleted, publishes nothing more."""
    if medium.post is None:
        raise BadRequest("This upload is of no post.")
    approval = _waits(agents, medium.org, medium.post)
    if approval is not None:
        agent_id = approval.agent_id
    else:
        post = agents.services.posts.get(medium.org, medium.post).post
        agent_id, _, _ = (post.asked_by or "").partition("/")
    try:
        agent = agents.identity.get(medium.org, agent_id)
    except NoAgent:
        raise Forbidden("The agent that began this upload is gone.") from None
    if agent.stopped is not None:
        raise Forbidden("The agent that began this upload was stopped.")


def _told(medium: Medium) -> Response:
    last, total = medium.received - 1, medium.size if medium.size is not None else "*"
    headers = {"cache-control": "no-store"}
    if medium.received:
        headers["content-range"] = f"bytes 0-{last}/{total}"
    # a published client reads the last answer as JSON (media.yaml)
    status = 201 if medium.complete else 206
    return Response(b"{}", status, headers, media_type="application/json")
