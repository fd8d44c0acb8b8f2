"""The queue of an account's posts: when a post can go out within TikTok's limits and caps.

TikTok counts the posts of a creator over all apps, and the cap of a day differs by creator. So a
forecast, which knows the organisation's own posts, may be too early: a post that TikTok refuses for
a cap waits until the cap's next slot is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from stagedoor.client.pacing import SLACK
from stagedoor.platform.products.posting import (
    CAP_SECONDS,
    DAILY_POSTS,
    PENDING_SHARES,
    VIDEO_INIT,
)

from ..clock import Clock
from ..database import TenantConnection
from . import store
from .posts import Mode, StoredPost
from .states import PostState

CAP_PATIENCE = 7 * 86_400.0
"""How long a post waits for a cap before it fails."""
_LOOKED_AT = 500
"""Posts planned before the one asked about that a forecast looks at."""
_RECHECK = 3_600.0
"""Between two attempts where it isn't known when TikTok's cap has a place."""
_MARGIN = 30.0
"""TikTok counts from its own clock."""
_OWN_CAPS = frozenset({"spam_risk_too_many_posts"})
"""Caps whose end follows from the account's own posts; drafts may be finished at any time, and the
cap on active creators depends on other accounts."""


@dataclass(frozen=True, slots=True)
class AccountWindow:
    """At most `count` posts in any `seconds`."""

    count: int
    seconds: float
    what: str


_PACE = VIDEO_INIT.limits[0]
PACE = AccountWindow(_PACE.requests, _PACE.per_seconds + SLACK, f"{_PACE.requests} posts a minute")
DAILY = AccountWindow(DAILY_POSTS, CAP_SECONDS + _MARGIN, f"about {DAILY_POSTS} posts in 24 hours")
PENDING = AccountWindow(
    PENDING_SHARES, CAP_SECONDS + _MARGIN, f"{PENDING_SHARES} unfinished drafts in 24 hours"
)
WINDOWS = {Mode.DIRECT: (PACE, DAILY), Mode.DRAFT: (PACE, PENDING)}


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a post will go out, in Unix seconds; `held_by` None: no limit delays it."""

    at: float
    held_by: AccountWindow | None = None

    @property
    def warning(self) -> str | None:
        if self.held_by is None:
            return None
        return (
            f"TikTok takes {self.held_by.what} from an account, and more are planned: this post "
            f"waits, and goes out at about {_said(self.at)}."
        )


def forecast(
    gone: Iterable[float], planned: Iterable[float], due: float, windows: Sequence[AccountWindow]
) -> Forecast:
    """When a post that is due at `due` goes out, after posts that went out at `gone` and those that
    are planned before it."""
    out = [Forecast(at) for at in sorted(gone)]
    for at in [*sorted(planned), due]:
        out.append(_next(out, at, windows))
    return out[-1]


def _next(out: Sequence[Forecast], at: float, windows: Sequence[AccountWindow]) -> Forecast:
    """The time of the next post; posts go out in their order, so a post behind one that a limit
    delays is delayed by the same limit."""
    found = Forecast(at)
    if out and out[-1].at > at:
        found = out[-1]
    for window in windows:
        if len(out) >= window.count:
            free = out[-window.count].at + window.seconds
            if free > at and (free > found.at or found.held_by is None):
                found = Forecast(max(free, found.at), window)
    return found


class AccountQueue:
    """Looks at an account's posts, in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def forecast(self, tenant: TenantConnection, post: StoredPost) -> Forecast | None:
        """When the post will go out; None: it isn't going to, or TikTok has it already."""
        if post.tiktok_publish_id is not None:
            return None
        if post.state not in (PostState.SCHEDULED, PostState.CHECKING, PostState.UPLOADING):
            return None
        now = self._clock.now()
        if post.state is not PostState.SCHEDULED and post.retry_at is not None:
            return Forecast(max(now, post.retry_at))
        due = max(now, post.publish_at or now)
        gone = store.gone(tenant, post.integration, post.mode, now - CAP_SECONDS)
        before = store.planned(tenant, post, due, _LOOKED_AT)
        planned = [max(now, one) for one in before]
        return forecast(gone, planned, due, WINDOWS[post.mode])

    def forecast_many(
        self, tenant: TenantConnection, integration: str, mode: Mode, dues: Mapping[int, float]
    ) -> dict[int, Forecast]:
        """When posts that are to be made will go out, by any number that names each."""
        now = self._clock.now()
        gone = store.gone(tenant, integration, mode, now - CAP_SECONDS)
        out = [Forecast(at) for at in sorted(gone)]
        last = max(dues.values(), default=now)
        before = store.planned_until(tenant, integration, mode, last, _LOOKED_AT)
        queue = [(max(now, at), -1) for at in before]
        queue += [(max(now, at), number) for number, at in dues.items()]
        found = {}
        for at, number in sorted(queue):
            one = found[number] = _next(out, at, WINDOWS[mode])
            out.append(one)
        return found

    def cap_ends(self, tenant: TenantConnection, post: StoredPost, code: str) -> float:
        """When to try again after TikTok refused the post for a cap.

        TikTok counts 24 hours back: a slot is free when the oldest post leaves them. Each waiting
        post takes a place of its own.
        """
        now = self._clock.now()
        if code not in _OWN_CAPS:
            return now + _RECHECK
        gone = sorted(store.gone(tenant, post.integration, post.mode, now - CAP_SECONDS))
        if not gone:
            return now + _RECHECK
        rank = len(store.planned(tenant, post, now, len(gone)))
        return gone[min(rank, len(gone) - 1)] + CAP_SECONDS + _MARGIN


def _said(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
