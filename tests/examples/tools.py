"""One example of each job tool: a tool that a call of several operations, or of another form, can
come to. The tools that stand for one operation take the operation's own example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import (
    business_ads,
    business_audiences,
    business_comments,
    business_reports,
    commercial,
    display,
    portability,
    posting,
    research,
)

from . import json_of
from .example import Seeded, Values


@dataclass(frozen=True, slots=True)
class ToolExample:
    """`arguments` are good ones of the tool, without its account, by which it calls `operation`."""

    tool: str
    operation: Operation[..., Any]
    arguments: Callable[[Seeded], Values]


def _of(tool: str, operation: Operation[..., Any], **more: Any) -> ToolExample:
    """The arguments are those of the operation's example, and `more`."""
    return ToolExample(tool, operation, lambda seeded: json_of(operation, seeded) | more)


def _without_fields(tool: str, operation: Operation[..., Any]) -> ToolExample:
    """The tool reads every field, and doesn't say that they can be chosen."""

    def arguments(seeded: Seeded) -> Values:
        return {k: v for k, v in json_of(operation, seeded).items() if k != "fields"}

    return ToolExample(tool, operation, arguments)


def _hidden(tool: str, operation: Operation[..., Any], *hidden: str) -> ToolExample:
    """The tool doesn't say that these can be passed."""

    def arguments(seeded: Seeded) -> Values:
        return {k: v for k, v in json_of(operation, seeded).items() if k not in hidden}

    return ToolExample(tool, operation, arguments)


def _flat(tool: str, operation: Operation[..., Any], part: str, *kept: str) -> ToolExample:
    """The fields of one part of the request stand beside `kept` ones of the whole."""

    def arguments(seeded: Seeded) -> Values:
        whole = json_of(operation, seeded)
        flat: Values = whole[part] | {name: whole[name] for name in kept}
        return flat

    return ToolExample(tool, operation, arguments)


def _film(seeded: Seeded) -> Values:
    return {"video_url": f"{seeded.media}/a.mp4"}


def _video(seeded: Seeded) -> Values:
    info: Values = json_of(posting.VIDEO_INIT, seeded)["post_info"]
    return _film(seeded) | info


def _photos(seeded: Seeded) -> Values:
    info: Values = json_of(posting.CONTENT_INIT, seeded)["post_info"]
    return {"photo_urls": [f"{seeded.media}/a.jpg"], "privacy_level": "SELF_ONLY"} | info


TOOLS = {
    one.tool: one
    for one in (
        ToolExample("read_profile", display.USER_INFO, lambda _: {}),
        ToolExample("list_videos", display.VIDEO_LIST, lambda _: {"max_count": 2}),
        _flat("query_videos", display.VIDEO_QUERY, "filters"),
        _of("posting_options", posting.CREATOR_INFO),
        ToolExample("publish_video", posting.VIDEO_INIT, _video),
        ToolExample("leave_draft", posting.INBOX_VIDEO_INIT, _film),
        ToolExample("publish_photos", posting.CONTENT_INIT, _photos),
        _of("check_post", posting.STATUS),
        _of("cancel_post", posting.CANCEL),
        _of("research_videos", research.VIDEO_QUERY),
        _of("research_user", research.USER_INFO),
        _of("research_comments", research.COMMENT_LIST),
        _of("research_follows", research.FOLLOWING, direction="following"),
        _flat("search_ads", commercial.AD_QUERY, "filters", "max_count"),
        _flat("search_commercial_content", commercial.CONTENT_QUERY, "filters", "max_count"),
        _without_fields("request_data_copy", portability.DATA_ADD),
        _without_fields("check_data_copy", portability.DATA_CHECK),
        _hidden("list_comments", business_comments.COMMENT_LIST, "business_id"),
        _hidden(
            "reply_to_comment",
            business_comments.COMMENT_REPLY_CREATE,
            "business_id",
            "reply_image_url",
        ),
        _hidden("hide_comment", business_comments.COMMENT_HIDE, "business_id"),
        _of("list_campaigns", business_ads.CAMPAIGN_GET),
        _of("ad_metrics", business_reports.REPORT_INTEGRATED_GET),
        _of("create_campaign", business_ads.CAMPAIGN_CREATE, dry_run=False),
        _of("set_campaign_status", business_ads.CAMPAIGN_STATUS_UPDATE),
        _of("list_audiences", business_audiences.AUDIENCE_LIST),
    )
}
"""By the tool's name."""


def tool_example(name: str) -> ToolExample:
    """Fails, with the place where the example belongs, where there is none."""
    if name not in TOOLS:
        raise AssertionError(f"the tool {name} has no example: add one to tests/examples/tools.py")
    return TOOLS[name]
