"""Whether a creator offers now what a post asks for: TikTok's creator-info against the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stagedoor.client.errors import ReconnectRequired, StagedoorError, TokenInvalid
from stagedoor.platform.media import VIDEO
from stagedoor.platform.products.posting import CreatorInfo, PostMode

from ..errors import ApiError, Forbidden, unfit
from . import accounts, content
from .errors import told
from .posts import Kind, Mode

if TYPE_CHECKING:
    from ..services import Services


def level_problem(level: Any, creator: CreatorInfo) -> str | None:
    """What is wrong with a privacy level; None: the creator offers it."""
    if level in creator.privacy_level_options:
        return None
    offered = ", ".join(str(one) for one in creator.privacy_level_options)
    return f"{level} is not offered by @{creator.creator_username}, who offers {offered}"


def length_problem(seconds: float | None, creator: CreatorInfo) -> str | None:
    """What is wrong with a video's length; None: nothing, or it isn't known."""
    longest = creator.max_video_post_duration_sec
    if seconds is None or not VIDEO.is_too_long(seconds, longest):
        return None
    return (
        f"the video is {seconds:.1f} s long, @{creator.creator_username} may post at most "
        f"{longest} s (TikTok takes {VIDEO.max_seconds:.0f} s at most)"
    )


def check(
    services: Services,
    org: str,
    integration_id: str,
    kind: Kind,
    mode: Mode,
    values: Mapping[str, Any],
) -> str | None:
    """Raise `BadRequest` for settings that the creator doesn't offer now.

    A text says why TikTok couldn't be asked: then the settings are checked when the post is due.
    Raises `Forbidden` and TikTok's refusal for an account that can't post at all.
    """
    if mode is not Mode.DIRECT:
        return None
    operation = content.operation(kind, mode)
    try:
        _, tiktok = accounts.acting(
            services, org, integration_id, operation, {"post_mode": PostMode.DIRECT_POST}
        )
        creator = tiktok.posts.creator_info()
    except (ReconnectRequired, TokenInvalid) as error:
        raise told(error) from error
    except Forbidden:
        raise
    except (StagedoorError, ApiError) as error:
        why = error.message if isinstance(error, ApiError) else str(error)
        return (
            f"TikTok couldn't be asked what the creator offers ({why.rstrip('.')}): the settings "
            "are checked when the post is due."
        )
    problem = level_problem(values.get("privacy_level"), creator)
    if problem is not None:
        raise unfit("privacyLevel", problem)
    return None
