"""Routes of the setting whose posts go out without asking, and of an admin's decisions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ..api import CallerIs, needs, router
from ..documented import raises
from ..provided import provided
from ..shapes import Model, ResponseModel
from ..tenants.roles import Role
from .approval import PublishingPolicy
from .approval_state import ApprovalPolicy
from .errors import POST_ERRORS, NoPost, PostChanged, WrongPostState
from .responses import PostShown
from .scheduling import Scheduling

ROUTER: APIRouter = router(tags=["approval of posts"])

PolicyIs = Annotated[PublishingPolicy, provided(PublishingPolicy)]
SchedulingIs = Annotated[Scheduling, provided(Scheduling)]


class PublishingSetting(Model):
    publishing: ApprovalPolicy
    """`member`: members publish. `approval`: a member's post waits for an admin."""


class PublishingSettingShown(ResponseModel):
    publishing: ApprovalPolicy
    """`member`: members publish. `approval`: a member's post waits for an admin."""


class Approve(Model):
    revision: Annotated[str, Field(max_length=64)] | None = None
    """The post's `approval.revision` that you looked at; another one is refused."""


class Refuse(Model):
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]
    """Why the post isn't published; its author reads it."""


@ROUTER.get("/api/settings/publishing", dependencies=[needs(Role.VIEWER)])
def show_publishing_setting(caller: CallerIs, policy: PolicyIs) -> PublishingSettingShown:
    """Show whether members publish, or ask an admin."""
    return PublishingSettingShown(publishing=policy.get(caller.org))


@ROUTER.put("/api/settings/publishing", dependencies=[needs(Role.ADMIN)])
def set_publishing_setting(
    caller: CallerIs, policy: PolicyIs, body: PublishingSetting
) -> PublishingSettingShown:
    """Set whether members publish, or ask an admin. Posts that wait go on waiting."""
    return PublishingSettingShown(publishing=policy.set(caller.org, body.publishing))


@ROUTER.post("/api/posts/{publish_id}/approve", dependencies=[needs(Role.ADMIN)])
@raises(PostChanged, *POST_ERRORS)
def approve_post(
    caller: CallerIs, scheduling: SchedulingIs, publish_id: str, body: Approve | None = None
) -> PostShown:
    """Approve a member's post: it goes out now, or at its `publishAt`. Idempotent."""
    seen = None if body is None else body.revision
    return PostShown.of(scheduling.approve(caller.org, publish_id, caller, seen))


@ROUTER.post("/api/posts/{publish_id}/refuse", dependencies=[needs(Role.ADMIN)])
@raises(NoPost, WrongPostState)
def refuse_post(
    caller: CallerIs, scheduling: SchedulingIs, publish_id: str, body: Refuse
) -> PostShown:
    """Refuse a member's post: it stays a draft, to be changed and asked about again. Idempotent."""
    return PostShown.of(scheduling.refuse(caller.org, publish_id, caller, body.reason))
