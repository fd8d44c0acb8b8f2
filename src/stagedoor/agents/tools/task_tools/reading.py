"""An account's own profile and videos."""

from __future__ import annotations

from stagedoor.connector.errors import ObjectNotFound
from stagedoor.platform.products import display
from stagedoor.platform.scopes import implied

from ...calls.request import CallRequest
from .. import schema
from ..factory import make_tool, request_of, whole
from ..tool import Asking, Tool

_VIDEO = (
    "id",
    "create_time",
    "title",
    "video_description",
    "duration",
    "share_url",
    "view_count",
    "like_count",
    "comment_count",
    "share_count",
)
_COUNT = f"How many a page, at most {display.MAX_PAGE}."


def tools() -> tuple[Tool, ...]:
    return (
        _profile(),
        whole(
            display.VIDEO_LIST,
            name="list_videos",
            title="List own videos",
            description="The account's public videos with their metrics, newest first. "
            "create_time is in Unix seconds.",
            known=display.VIDEO_FIELDS,
            fields=_VIDEO,
            words={
                "cursor": "Where to go on: `next` of the page before has it.",
                "max_count": _COUNT,
            },
        ),
        whole(
            display.VIDEO_QUERY,
            name="query_videos",
            title="Read videos by id",
            description="Metrics and details of some of the account's own public videos. Those "
            "that aren't its own, or aren't public, are left out.",
            lift=("filters",),
            known=display.VIDEO_FIELDS,
            fields=_VIDEO,
        ),
    )


def _profile() -> Tool:
    takes = schema.request_schema(request_of(display.USER_INFO))
    return make_tool(
        display.USER_INFO,
        name="read_profile",
        title="Read profile and stats",
        description="The account's profile: name, bio, links, and its counts of followers, likes "
        "and videos. Without `fields`, all that the creator allowed.",
        wants=_read,
        takes=schema.choosing(takes, display.USER_FIELD_SCOPES, ()),
    )


def _read(asking: Asking) -> CallRequest:
    arguments = dict(asking.arguments)
    if "fields" not in arguments:
        arguments["fields"] = _allowed(asking)
    return CallRequest(display.USER_INFO, asking.account, arguments)


def _allowed(asking: Asking) -> list[str]:
    """Return the fields that the creator allowed; the basic ones if nothing is known."""
    try:
        integrations = asking.parts.integrations
        account = integrations.get(asking.caller.org, asking.account or "")
    except ObjectNotFound:
        return list(display.BASIC_USER_FIELDS)
    had = implied(frozenset(account.granted))
    listed = [name for name, scope in display.USER_FIELD_SCOPES.items() if scope in had]
    return listed or list(display.BASIC_USER_FIELDS)
