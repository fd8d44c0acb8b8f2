"""Videos that sync found to be new, public again, or gone: events, and the posts of the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..activity import readings
from ..activity import store as activity
from ..activity.videos import PUBLIC, REMOVED, Changed
from ..clock import Clock
from ..database import Database, TenantConnection
from ..publishing.content import shown_text
from ..publishing.posts import StoredPost
from ..publishing.transitions import Transitions
from ..schedule import store as due_rows
from ..webhooks import store as webhooks
from .schedule import SyncSchedule

REMOVED_EVENT = "video.no_longer_public"
PUBLIC_EVENT = "video.public"
POST = "sync-post"
"""Kind of due row: tell a post that its video isn't public any more, or is again."""
_METRICS = "metrics"


class PostedVideos:
    """Joins posts of the service and the videos that they became. Thread-safe."""

    def __init__(self, clock: Clock, schedule: SyncSchedule) -> None:
        self._clock = clock
        self._schedule = schedule

    def follow(self, tenant: TenantConnection, post: StoredPost) -> None:
        """Listen to publishing: a post's public ids or its visibility changed, in the caller's
        transaction."""
        now = self._clock.now()
        for video in post.public_ids:
            joined = readings.joined(
                tenant,
                post.integration,
                video,
                post.id,
                shown_text(post),
                post.visibility.value,
                now,
            )
            if joined:
                self._schedule.bring_forward(tenant, post.integration, _METRICS, now)


class SyncEffects:
    """Effects of what sync finds. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, transitions: Transitions) -> None:
        self._database = database
        self._clock = clock
        self._transitions = transitions

    def tell_post(self, ref: str) -> None:
        """Tell publishing whether the video of a post is public now, by the ref of a due row:
        organisation/integration/video. In a transaction of its own, since publishing locks a post
        before its videos. Idempotent."""
        org, integration, video = ref.rsplit("/", 2)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = activity.rows(tenant, integration, [video]).get(video)
            if row is not None and row.post is not None and row.visibility in (PUBLIC, REMOVED):
                self._transitions.found(tenant, row.post, public=row.visibility == PUBLIC)

    def seen(self, tenant: TenantConnection, integration: str, videos: Sequence[Changed]) -> None:
        """Raise the events of these changes, and let the posts that became such videos be told, in
        the caller's transaction."""
        now = self._clock.now()
        posts = [
            f"{tenant.org}/{integration}/{one.id}"
            for one in videos
            if one.post is not None and one.before is not None
        ]
        if posts:
            due_rows.wait_all(tenant.connection, POST, posts, now)
        events: list[dict[str, Any]] = []
        for one in videos:
            gone = one.after == REMOVED
            back = one.after == PUBLIC and one.before is not None
            if not gone and not back:
                continue
            name = REMOVED_EVENT if gone else PUBLIC_EVENT
            events.append(
                {
                    "integration_id": integration,
                    "key": f"{name} {one.id} {now!r}",
                    "event": name,
                    "created": now,
                    "received": now,
                    "content": {
                        "videoId": one.id,
                        "publishId": one.post,
                        "shareUrl": one.share_url,
                        "before": one.before,
                        "visibility": one.after,
                    },
                }
            )
        if events:
            webhooks.add_events(tenant.connection, {tenant.org: events})
