"""/api/pause and /api/resume: whether the organisation's posts are published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ..actions import stops
from ..api import CallerIs, needs, router
from ..provided import provided
from ..shapes import Model, ResponseModel, example
from ..tenants.roles import Role
from .service import Pause, Pauses

ROUTER = router(tags=["pausing"])
PausesAre = Annotated[Pauses, provided(Pauses)]


class PauseAsked(Model):
    """`why` is shown to callers who ask for the pause later."""

    model_config = example(why="A wrong caption went out.")

    why: Annotated[str, Field(max_length=500)] | None = None
    """Why, in words; shown to callers who ask for the pause later."""


class PauseShown(ResponseModel):
    """`reason` is `paused` where somebody asked for it, and `restored` where the service's database
    was restored: then `why` says what to look at before `POST /api/resume`."""

    paused: bool
    """Whether publishing is paused."""
    reason: str | None
    """`paused`: somebody asked for it; `restored`: the service's database was restored; null: not
    paused."""
    why: str | None
    """The words that were given with the pause, or what to look at before `POST /api/resume`."""
    at: datetime | None
    """When the pause began, in UTC."""
    by: str | None
    """The user who paused; null: the service itself."""

    @classmethod
    def of(cls, pause: Pause) -> PauseShown:
        return cls(
            paused=pause.paused,
            reason=None if pause.reason is None else pause.reason.value,
            why=pause.why,
            at=None if pause.at is None else datetime.fromtimestamp(pause.at, UTC),
            by=pause.by,
        )


@ROUTER.get("/api/pause", dependencies=[needs(Role.VIEWER)])
def show_pause(caller: CallerIs, pauses: PausesAre) -> PauseShown:
    """Show whether publishing is paused, and why."""
    return PauseShown.of(pauses.get(caller.org))


@ROUTER.post("/api/pause", dependencies=[needs(Role.ADMIN)])
@stops
def pause_posts(caller: CallerIs, pauses: PausesAre, body: PauseAsked | None = None) -> PauseShown:
    """Pause the organisation's posts: nothing is lost, and posts that TikTok already has
    continue."""
    why = None if body is None else body.why
    return PauseShown.of(pauses.pause(caller.org, caller.user, why))


@ROUTER.post("/api/resume", dependencies=[needs(Role.ADMIN)])
def resume_posts(caller: CallerIs, pauses: PausesAre) -> PauseShown:
    """Resume publishing; posts that became due meanwhile are published at once."""
    return PauseShown.of(pauses.resume(caller.org, caller.user))
