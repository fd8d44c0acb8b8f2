"""Publishing for an account: requests and answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ...addresses import WEB
from ...bounds import AtMost
from ...model import OPEN, Answer, Id, Request, declared, says, text
from ...vocabulary import PrivacyLevel
from ..business.common import AccountRequest
from ..posting.models import FailReason

MAX_PHOTOS = 35
_Flag = bool | None
_Organic = Annotated[_Flag, says("adds the label of promotional content; default False")]
_Branded = Annotated[_Flag, says("adds the label of a paid partnership; default False")]
_NoComment = Annotated[_Flag, says("turns comments off; default False")]
_Location = Annotated[str | None, says("the id of a place that TikTok knows")]
_LocationName = Annotated[str | None, says("the place's name, with location_id")]
_Milliseconds = Annotated[int | None, Field(ge=0), says("in milliseconds")]
_Volume = Annotated[int | None, Field(ge=0, le=100), says("0 to 100; default 0, which is muted")]


class VideoMusic(Request):
    """The sound of a video. Both volumes default to 0, which is muted."""

    music_sound_id: Annotated[str | None, says("a song_clip_id of the commercial library")] = None
    music_sound_volume: _Volume = None
    music_sound_start: _Milliseconds = None
    music_sound_end: _Milliseconds = None
    video_original_sound_volume: _Volume = None


class PhotoMusic(Request):
    """The sound of a set of photos."""

    music_sound_id: Annotated[str | None, says("a song_clip_id of the commercial library")] = None


class AccountVideoInfo(Request):
    """Caption and choices of a video."""

    caption: Annotated[
        Annotated[str, text(2_200)] | None,
        says("at most 2,200 UTF-16 units, with at most 30 mentions"),
    ] = None
    is_brand_organic: _Organic = None
    is_branded_content: _Branded = None
    tto_invite_link: Annotated[str | None, says("the link to a campaign of TikTok One")] = None
    disable_comment: _NoComment = None
    disable_duet: Annotated[_Flag, says("forbids duets; default False")] = None
    disable_stitch: Annotated[_Flag, says("forbids stitches; default False")] = None
    thumbnail_offset: Annotated[
        int | None, Field(ge=0), says("the cover's moment in milliseconds; default 0")
    ] = None
    is_ai_generated: Annotated[_Flag, says("adds the label of AI; default False")] = None
    upload_to_draft: Annotated[
        _Flag, says("leaves a draft in the app, without the other choices; default False")
    ] = None
    is_ads_only: Annotated[_Flag, says("the post is for ads alone; default False")] = None
    location_id: _Location = None
    location_name: _LocationName = None
    music_sound_info: Annotated[VideoMusic | None, says("a sound from TikTok's library")] = None


class AccountVideo(AccountRequest):
    """A video to publish for the account."""

    video_url: Annotated[str, WEB, says("an address on one of the app's verified URL properties")]
    custom_thumbnail_url: Annotated[
        Annotated[str, WEB] | None, says("a picture for the cover, on a verified URL property")
    ] = None
    post_info: Annotated[AccountVideoInfo, says("caption and choices; may be empty")]


class AccountPhotosInfo(Request):
    """Title, caption and choices of a set of photos."""

    privacy_level: Annotated[
        PrivacyLevel | str,
        OPEN,
        declared(PrivacyLevel),
        says("one of the account's `privacy_level_options`"),
    ]
    title: Annotated[Annotated[str, text(90)] | None, says("at most 90 UTF-16 units")] = None
    caption: Annotated[
        Annotated[str, text(4_000)] | None,
        says("at most 4,000 UTF-16 units, with at most 30 mentions"),
    ] = None
    auto_add_music: Annotated[_Flag, says("TikTok adds music; default False")] = None
    is_brand_organic: _Organic = None
    is_branded_content: _Branded = None
    is_draft: Annotated[
        _Flag, says("leaves a draft with title and caption only; default False")
    ] = None
    disable_comment: _NoComment = None
    music_sound_info: Annotated[PhotoMusic | None, says("a sound from TikTok's library")] = None
    location_id: _Location = None
    location_name: _LocationName = None


class AccountPhotos(AccountRequest):
    """A set of photos to publish for the account."""

    photo_images: Annotated[
        tuple[Annotated[str, WEB], ...],
        AtMost(MAX_PHOTOS),
        Field(min_length=1),
        says("1 to 35 addresses on the app's verified URL properties"),
    ]
    photo_cover_index: Annotated[
        int | None, Field(ge=0), says("which photo is the cover, from 0; default 0")
    ] = None
    post_info: Annotated[AccountPhotosInfo, says("privacy, title, caption and choices")]


class Shared(Answer):
    """The id of a post that was begun."""

    share_id: Annotated[Id, says("the publish_id of `publish_status`")]


class PublishQuery(AccountRequest):
    """A post that was begun."""

    publish_id: Annotated[str, says("the share_id")]


class PublishStage(StrEnum):
    """The state of a post that was begun."""

    PROCESSING_DOWNLOAD = "PROCESSING_DOWNLOAD"
    PUBLISH_COMPLETE = "PUBLISH_COMPLETE"
    FAILED = "FAILED"
    SEND_TO_USER_INBOX = "SEND_TO_USER_INBOX"


class AccountPublishState(Answer):
    """The state of a post that was begun, and the ids of what came of it."""

    status: Annotated[PublishStage | str, OPEN]
    post_ids: Annotated[
        tuple[Id, ...] | None, says("of public posts; they can come minutes after the status")
    ] = None
    reason: Annotated[FailReason | str | None, OPEN, says("only of a failed post")] = None
