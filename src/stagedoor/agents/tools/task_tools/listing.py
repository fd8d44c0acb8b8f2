"""list_posts: the posts that an agent made, and their status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stagedoor.connector.errors import InvalidInput, ObjectNotFound
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.publishing.posts import StoredPost
from stagedoor.platform.model import Answer, Id
from stagedoor.platform.products import posting

from ...calls import posts
from ...calls.request import CallAnswer
from ...connected_accounts import handle
from .. import schema
from ..rights import Rights
from ..tool import LOCAL, Asking, Tool, Unfit

MOST = 50
_DEFAULT = 20
_MAX_CURSOR = 200
_NO_CURSOR = "cursor: is none that an answer of this tool gave"
_SINCE_SECONDS = 30 * 86_400.0
_MAKES = (posting.VIDEO_INIT, posting.INBOX_VIDEO_INIT, posting.CONTENT_INIT)


class Listed(Answer):
    """`status` is TikTok's word, or UNKNOWN where nobody knows what became of the post."""

    publish_id: str
    account: str
    kind: str
    draft: bool
    text: str
    status: str
    fail_reason: str | None = None
    created: str
    publicaly_available_post_id: tuple[Id, ...] = ()


class ListedPosts(Answer):
    posts: tuple[Listed, ...]
    has_more: bool = False
    cursor: str | None = None


def _list(asking: Asking) -> CallAnswer:
    arguments = dict(asking.arguments)
    limit, cursor = arguments.pop("limit", _DEFAULT), arguments.pop("cursor", None)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise Unfit(f"limit: must be 1 to {MOST}")
    if cursor is not None and not (isinstance(cursor, str) and len(cursor) <= _MAX_CURSOR):
        raise Unfit(_NO_CURSOR)
    for unknown in arguments:
        raise Unfit(f"{unknown}: is no argument of this tool")
    parts, caller = asking.parts, asking.caller
    since = parts.clock.now() - _SINCE_SECONDS
    try:
        page = parts.posts.page(
            caller.org, cursor, limit, asked_by=f"{caller.agent_id}/", since=since
        )
    except InvalidInput:
        raise Unfit(_NO_CURSOR) from None
    rights = Rights.of(parts.grants, parts.clock, caller)
    handles: dict[str, str | None] = {}
    listed = []
    for post in (record.post for record in page.items):
        where = post.integration
        if where not in handles:
            handles[where] = _handle(asking, rights, where)
        if (name := handles[where]) is not None:
            listed.append(_shown(post, name))
    told: dict[str, Any] = {"posts": listed, "has_more": page.next_cursor is not None}
    return CallAnswer(told | ({"cursor": page.next_cursor} if page.next_cursor else {}))


def _handle(asking: Asking, rights: Rights, account: str) -> str | None:
    """Return the account's handle; None: it is gone, or the agent may not post there any more."""
    if not rights.permits_any(_MAKES, {CredentialKind.CREATOR: (account,)}):
        return None
    try:
        return handle(asking.parts.integrations.get(asking.caller.org, account))
    except ObjectNotFound:
        return None


def _shown(post: StoredPost, account: str) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "publish_id": post.id,
        "account": account,
        "kind": post.kind.value,
        "draft": not post.direct,
        "text": post.title,
        "created": f"{datetime.fromtimestamp(post.created, UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    return told | posts.where(post)


LIST_POSTS = Tool(
    name="list_posts",
    title="List your posts",
    description="The posts and drafts that you made in the last 30 days, newest first, and where "
    "each is. Look here before you post again what may be posted already.",
    does=_MAKES,
    input=schema.beside(
        {"additionalProperties": False},
        {
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": _DEFAULT},
            "cursor": {"type": "string", "maxLength": _MAX_CURSOR},
            "offset": schema.OFFSET,
        },
    ),
    output=schema.answered(ListedPosts, more=True),
    hints=LOCAL,
    own=_list,
    takes_account=False,
    items="posts",
    goes_on=frozenset({"cursor"}),
)
