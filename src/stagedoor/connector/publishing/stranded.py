"""Notifies admins of scheduled posts whose account can't be used any more."""

from __future__ import annotations

from datetime import UTC, datetime

from ..database import TenantConnection
from ..event_types import EventType
from ..notices.service import Notices
from . import store
from .posts import StoredPost

_LISTED = 200
_NAMED = 10


def tell(notices: Notices, tenant: TenantConnection, integration: str) -> None:
    """Write one notice about the scheduled posts of an account that was just lost, if there are
    any."""
    posts = store.scheduled(tenant, integration, _LISTED + 1)
    if not posts:
        return
    more = len(posts) > _LISTED
    posts = posts[:_LISTED]
    count = f"more than {_LISTED}" if more else str(len(posts))
    named = ", ".join(_called(post) for post in posts[:_NAMED])
    rest = ", ..." if len(posts) > _NAMED else ""
    are = "post of the account is" if len(posts) == 1 else "posts of the account are"
    notices.tell(
        tenant,
        EventType.POSTS_STRANDED,
        integration,
        f"{count} scheduled {are} going to fail when due, unless the creator connects again "
        f"before: {named}{rest}.",
        {"posts": [post.id for post in posts], "more": more},
    )


def _called(post: StoredPost) -> str:
    title = f" ({post.title})" if post.title else ""
    when = ""
    if post.publish_at is not None:
        when = f" at {datetime.fromtimestamp(post.publish_at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{post.id}{title}{when}"
