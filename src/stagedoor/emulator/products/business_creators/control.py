"""Control routes of linked videos: outcomes of their reviews."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.creators_vocabulary import VideoLinkStatus

from ...control.errors import unknown, wrong
from ...control_bodies import ALL, ControlBody, controlled, page, read
from ...world import World
from . import links
from .state import LINK_PLANS, VIDEO_LINKS, LinkPlan

_Text = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Seconds = Annotated[float, Field(ge=0, le=86_400 * 365, allow_inf_nan=False)]


class LinkOutcome(ControlBody):
    """The outcome of the review of a link; `seconds` is how long it still takes."""

    verdict: Literal["approved", "rejected"] = "approved"
    seconds: _Seconds | None = None


class NewLinkPlan(LinkOutcome):
    """The outcome of the next review of a link; `video_id`: of this video's."""

    video_id: _Text | None = None


async def plans(world: World, request: Request) -> Any:
    return page(request, "plans", world[LINK_PLANS].by(ALL), asdict)


async def plan(world: World, request: Request) -> Any:
    order = await read(request, NewLinkPlan)
    if order.video_id is not None and order.video_id not in world.videos:
        raise wrong("video_id", "is no video")
    made = LinkPlan(world.ids.number(world.now()), order.verdict, order.video_id, order.seconds)
    world[LINK_PLANS].add(made)
    return asdict(made)


async def decide(world: World, request: Request) -> Any:
    names = request.path_params
    link = world[VIDEO_LINKS].get(f"{names['campaign_id']}:{names['video_id']}")
    if link is None:
        raise unknown("link", f"{names['campaign_id']}/{names['video_id']}")
    order = await read(request, LinkOutcome)
    if order.seconds is None or link.status is not VideoLinkStatus.IN_REVIEW:
        links.decide(world, link, order.verdict)
    else:
        links.plan_end(world, link, order.verdict, order.seconds)
    return asdict(link)


ROUTES = [
    Route("/_emulator/business/creator_links", controlled(plans), methods=["GET"]),
    Route("/_emulator/business/creator_links", controlled(plan), methods=["POST"]),
    Route(
        "/_emulator/business/creator_links/{campaign_id}/{video_id}",
        controlled(decide),
        methods=["PUT"],
    ),
]
