"""Control routes of ads: outcomes of reviews, the speed of spending, linked creators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints
from starlette.requests import Request
from starlette.routing import Route

from ...control.apps import creator_named
from ...control.errors import ControlError, unknown, wrong
from ...control_bodies import ALL, ControlBody, controlled, page, read
from ...world import World
from ..business.state import AD_ACCOUNTS, AdAccount
from . import review, rights, spending
from .state import REVIEW_PLANS, SPEND_SPEED, DecidedReview, ReviewPlan

_Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Few = Annotated[tuple[_Text, ...], Field(max_length=100)]
_Seconds = Annotated[float, Field(ge=0, le=86_400 * 365, allow_inf_nan=False)]


class ReviewOutcome(ControlBody):
    """The outcome of a review. `placements` and the like say where an object may not appear;
    `seconds` is the review's duration, `appeal_granted` whether an appeal succeeds."""

    verdict: Literal["approved", "partial", "rejected"] = "approved"
    reasons: _Few = ()
    suggestion: Annotated[str, StringConstraints(max_length=500)] = ""
    placements: _Few = ()
    ages: _Few = ()
    locations: _Few = ()
    operating_systems: _Few = ()
    seconds: _Seconds | None = None
    appeal_granted: StrictBool = True

    def outcome(self) -> DecidedReview:
        values = self.model_dump(include=set(ReviewOutcome.model_fields))
        return DecidedReview(**values)


class NewReviewPlan(ReviewOutcome):
    """The outcome for the next ad group or ad that is submitted; `name`: the next of this name."""

    level: Literal["adgroup", "ad"]
    name: _Text | None = None


class AppealDecision(ControlBody):
    """The end of an appeal."""

    granted: StrictBool


class SpendSpeed(ControlBody):
    """1: an even pacing uses a budget exactly; 2: in half of the time; 0: nothing is spent."""

    speed: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]


class LinkedCreator(ControlBody):
    """A creator whom an ad account may use; `posts`: those that a Spark code allows."""

    advertiser_id: str
    creator: str
    identity_type: Literal["AUTH_CODE", "TT_USER", "BC_AUTH_TT"] = "TT_USER"
    identity_authorized_bc_id: str | None = None
    posts: _Few = ()


async def plans(world: World, request: Request) -> Any:
    return page(request, "reviews", world[REVIEW_PLANS].by(ALL), asdict)


async def plan(world: World, request: Request) -> Any:
    order = await read(request, NewReviewPlan)
    made = ReviewPlan(world.ids.number(world.now()), order.level, order.name, order.outcome())
    world[REVIEW_PLANS].add(made)
    return asdict(made)


async def decide(world: World, request: Request) -> Any:
    found = _reviewed(world, request)
    order = await read(request, ReviewOutcome)
    if order.seconds is None or found.review.state != "pending":
        review.decide(world, found, order.outcome())
    else:
        review.plan_end(world, found, order.outcome(), order.seconds)
    return _state(found)


async def end_appeal(world: World, request: Request) -> Any:
    found = _reviewed(world, request)
    order = await read(request, AppealDecision)
    if found.review.appeal != "APPEALING":
        raise ControlError(409, "No appeal is pending.")
    review.end_appeal(world, found, order.granted)
    return _state(found)


async def spent(world: World, request: Request) -> Any:
    account = _account(world, request.path_params["advertiser_id"])
    total = spending.spend_of(world, account)
    return {
        "advertiser_id": account.id,
        "speed": world[SPEND_SPEED].get(account.id, 1.0),
        "spent": str(total),
        "balance": str(account.balance),
    }


async def set_speed(world: World, request: Request) -> Any:
    account = _account(world, request.path_params["advertiser_id"])
    order = await read(request, SpendSpeed)
    spending.set_speed(world, account, order.speed)
    return await spent(world, request)


async def link(world: World, request: Request) -> Any:
    order = await read(request, LinkedCreator)
    account = _account(world, order.advertiser_id)
    creator = creator_named(world, order.creator)
    bc_id = order.identity_authorized_bc_id
    if (order.identity_type == "BC_AUTH_TT") is not (bc_id is not None):
        raise wrong("identity_authorized_bc_id", "is for BC_AUTH_TT, which needs it")
    for place, post in enumerate(order.posts):
        if post not in world.videos or world.videos[post].creator_id != creator.id:
            raise wrong(f"posts.{place}", "is no post of the creator")
    made = rights.link(world, account.id, order.identity_type, creator.id, bc_id, order.posts)
    return asdict(made)


ROUTES = [
    Route("/_emulator/business/reviews", controlled(plans), methods=["GET"]),
    Route("/_emulator/business/reviews", controlled(plan), methods=["POST"]),
    Route("/_emulator/business/reviews/{level}/{id}", controlled(decide), methods=["PUT"]),
    Route(
        "/_emulator/business/reviews/{level}/{id}/appeal", controlled(end_appeal), methods=["PUT"]
    ),
    Route("/_emulator/business/spending/{advertiser_id}", controlled(spent), methods=["GET"]),
    Route("/_emulator/business/spending/{advertiser_id}", controlled(set_speed), methods=["PUT"]),
    Route("/_emulator/business/identities", controlled(link), methods=["POST"]),
]


def _account(world: World, id: str) -> AdAccount:
    found = world[AD_ACCOUNTS].get(id)
    if found is None:
        raise unknown("ad account", id)
    return found


def _reviewed(world: World, request: Request) -> review.Reviewed:
    level, id = request.path_params["level"], request.path_params["id"]
    found = review.named(world, f"{level}:{id}") if level in ("adgroup", "ad") else None
    if found is None:
        raise unknown(level, id)
    return found


def _state(found: review.Reviewed) -> Any:
    return asdict(found.review) | {"id": found.id, "level": review.level_of(found)}
