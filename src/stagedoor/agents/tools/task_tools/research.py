"""Public videos, people and comments, for organisations that TikTok approved for research."""

from __future__ import annotations

from stagedoor.platform.products import research
from stagedoor.platform.products.research.query import FIELDS, MAX_DAYS, Operator

from ...calls.request import CallRequest
from .. import schema
from ..factory import make_tool, request_of, whole
from ..tool import Asking, Tool, Unfit

_VIDEO = (
    "id",
    "video_description",
    "create_time",
    "region_code",
    "username",
    "view_count",
    "like_count",
    "comment_count",
    "share_count",
    "hashtag_names",
    "video_duration",
)
_PAGE = {
    "cursor": "Where to go on: `next` of the page before has it.",
    "max_count": f"How many a page, at most {research.MAX_PAGE}.",
}

_DIRECTION = {
    "type": "string",
    "enum": ["followers", "following"],
    "default": "followers",
}


def tools() -> tuple[Tool, ...]:
    return (
        whole(
            research.VIDEO_QUERY,
            name="research_videos",
            title="Search public videos",
            description="Public videos of everybody by conditions. A condition has a field_name "
            f"({', '.join(FIELDS)}), an operation ({', '.join(Operator)}) and field_values, "
            "always text; words go by keyword. The days (YYYYMMDD, UTC) lie at most "
            f"{MAX_DAYS} apart. A page may be short and still have more.",
            known=research.VIDEO_FIELDS,
            fields=_VIDEO,
            words=_PAGE | {"search_id": "Goes with cursor: `next` of the page before has it."},
        ),
        whole(
            research.USER_INFO,
            name="research_user",
            title="Read a public profile",
            description="The public profile and counts of anybody, by handle without @.",
            known=research.USER_FIELDS,
            fields=research.USER_FIELDS,
        ),
        whole(
            research.COMMENT_LIST,
            name="research_comments",
            title="Read public comments",
            description="Comments of a public video (video_id), or the replies to one of them "
            f"(comment_id). The first {research.MAX_COMMENTS} can be reached.",
            known=research.COMMENT_FIELDS,
            fields=research.COMMENT_FIELDS,
            words=_PAGE,
        ),
        _follows(),
    )


def _follows() -> Tool:
    takes = schema.beside(
        schema.request_schema(request_of(research.FOLLOWERS)), {"direction": _DIRECTION}
    )
    return make_tool(
        research.FOLLOWERS,
        research.FOLLOWING,
        name="research_follows",
        title="Read public followers",
        description="Who follows somebody, or whom they follow, by handle without @.",
        wants=_followed,
        takes=schema.described(takes, _PAGE),
    )


def _followed(asking: Asking) -> CallRequest:
    arguments = dict(asking.arguments)
    direction = arguments.pop("direction", "followers")
    if direction not in ("followers", "following"):
        raise Unfit("direction: is neither followers nor following")
    operation = research.FOLLOWERS if direction == "followers" else research.FOLLOWING
    return CallRequest(operation, asking.account, arguments)
