"""Every declared request, as hypothesis makes them: what a caller may pass, by operation id."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stagedoor.platform.display import USER_FIELD_SCOPES, VIDEO_FIELDS, VideoFilters
from stagedoor.platform.portability import STATUS_FIELDS, Category, DataFormat
from stagedoor.platform.posting import (
    FileUpload,
    PhotoPostInfo,
    PhotoSource,
    PostMode,
    PrivacyLevel,
    PullFromUrl,
    VideoPostInfo,
)

Values = dict[str, Any]

# Words without a comma: a comma-separated list can't hold one.
_words = st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1, max_size=20)
_text = st.text(max_size=40)
_flag = st.none() | st.booleans()
_big = st.integers(0, 2**70)
_id = st.integers(1, 2**70).map(str)


def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def _some(names: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


_level = st.sampled_from([*PrivacyLevel, "A_LEVEL_OF_TOMORROW"])
_source = st.builds(
    FileUpload, video_size=_big, chunk_size=_big, total_chunk_count=_big
) | st.builds(PullFromUrl, video_url=_text)
_video_info = st.builds(
    VideoPostInfo,
    privacy_level=_level,
    title=_maybe(_text),
    disable_duet=_flag,
    disable_stitch=_flag,
    disable_comment=_flag,
    video_cover_timestamp_ms=_maybe(_big),
    brand_content_toggle=_flag,
    brand_organic_toggle=_flag,
    is_aigc=_flag,
)
_photo_info = st.builds(
    PhotoPostInfo,
    title=_maybe(_text),
    description=_maybe(_text),
    privacy_level=_maybe(_level),
    auto_add_music=_flag,
)
_photos = st.builds(
    PhotoSource,
    photo_images=st.lists(_text, min_size=1, max_size=35).map(tuple),
    photo_cover_index=st.integers(0, 34),
)
_app = {"client_key": _text, "client_secret": _text}

_number = st.integers(0, 2**63 - 1) | st.integers(0, 2**63 - 1).map(str)

REQUESTS: dict[str, SearchStrategy[Values]] = {
    "oauth.token_code": st.fixed_dictionaries(
        {**_app, "code": _text, "redirect_uri": _text, "code_verifier": _maybe(_text)}
    ),
    "oauth.token_refresh": st.fixed_dictionaries({**_app, "refresh_token": _text}),
    "oauth.token_client": st.fixed_dictionaries(_app),
    "oauth.revoke": st.fixed_dictionaries({**_app, "token": _text}),
    "display.user_info": st.fixed_dictionaries({"fields": _some(tuple(USER_FIELD_SCOPES))}),
    "display.video_list": st.fixed_dictionaries(
        {
            "fields": _some(VIDEO_FIELDS),
            "cursor": _maybe(_big),
            "max_count": _maybe(st.integers(1, 20)),
        }
    ),
    "display.video_query": st.fixed_dictionaries(
        {
            "fields": _some(VIDEO_FIELDS),
            "filters": st.builds(
                VideoFilters, video_ids=st.lists(_id, min_size=1, max_size=20).map(tuple)
            ),
        }
    ),
    "posting.creator_info": st.just({}),
    "posting.video_init": st.fixed_dictionaries({"post_info": _video_info, "source_info": _source}),
    "posting.inbox_video_init": st.fixed_dictionaries({"source_info": _source}),
    "posting.content_init": st.fixed_dictionaries(
        {
            "post_mode": st.sampled_from(PostMode),
            "source_info": _photos,
            "post_info": _photo_info,
            "is_aigc": _flag,
        }
    ),
    "posting.status": st.fixed_dictionaries({"publish_id": st.text(max_size=64)}),
    "posting.cancel": st.fixed_dictionaries({"publish_id": st.text(max_size=64)}),
    "media.upload_chunk": st.fixed_dictionaries({"upload_id": _text, "upload_token": _text}),
    "portability.data_add": st.fixed_dictionaries(
        {
            "data_format": st.sampled_from(DataFormat),
            "category_selection_list": st.lists(st.sampled_from(Category), min_size=1).map(tuple),
        }
    ),
    "portability.data_check": st.fixed_dictionaries(
        {"fields": _some(STATUS_FIELDS), "request_id": _number}
    ),
    "portability.data_cancel": st.fixed_dictionaries({"request_id": _number}),
    "portability.data_download": st.fixed_dictionaries({"request_id": _number}),
    "embed.oembed_video": st.fixed_dictionaries({"url": _text, "format": _maybe(_text)}),
    "embed.oembed_profile": st.fixed_dictionaries({"url": _text, "format": _maybe(_text)}),
    "oauth.authorize": st.fixed_dictionaries(
        {
            "client_key": _text,
            "scope": st.lists(_words).map(tuple),
            "redirect_uri": _text,
            "state": _maybe(_text),
            "disable_auto_auth": _maybe(st.sampled_from([0, 1])),
            "code_challenge": _maybe(_text),
        }
    ),
}
