"""Every declared request, as hypothesis makes them: what a caller may pass, by operation id."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stagedoor.platform.products.commercial import (
    AD_COUNTRIES,
    AD_DETAIL_FIELDS,
    AD_FIELDS,
    ADVERTISER_FIELDS,
    CONTENT_COUNTRIES,
    CONTENT_FIELDS,
    REPORT_FIELDS,
    AdFilters,
    ContentFilters,
    DateRange,
    ReportFilters,
    SearchType,
    SizeRange,
)
from stagedoor.platform.products.display import USER_FIELD_SCOPES, VIDEO_FIELDS, VideoFilters
from stagedoor.platform.products.embed import PlayerParams
from stagedoor.platform.products.portability import STATUS_FIELDS, Category, DataFormat
from stagedoor.platform.products.posting import (
    FileUpload,
    PhotoPostInfo,
    PhotoSource,
    PostMode,
    PrivacyLevel,
    PullFromUrl,
    VideoPostInfo,
)
from stagedoor.platform.products.sharing import MediaType
from tests.support.queries import RESEARCH

Values = dict[str, Any]

# Words without a comma: a comma-separated list can't hold one.
_words = st.text(st.characters(codec="utf-8", exclude_characters=",\0"), min_size=1, max_size=20)
_characters = st.characters(codec="utf-8", exclude_characters="\0")
_text = st.text(_characters, max_size=40)
_flag = st.none() | st.booleans()
_big = st.integers(0, 2**70)
_id = st.integers(1, 2**70).map(str)


def _maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


def _some(names: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


_level = st.sampled_from([*PrivacyLevel, "SELF_ONLY"])
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
_photos = st.lists(_text, min_size=1, max_size=35).flatmap(
    lambda urls: st.builds(
        PhotoSource,
        photo_images=st.just(tuple(urls)),
        photo_cover_index=st.integers(0, len(urls) - 1),
    )
)
_days = st.dates(date(2022, 10, 2), date(2026, 12, 31))
_span = st.tuples(_days, _days).map(lambda two: DateRange(min=min(two), max=max(two)))
_number_id = st.integers(1, 2**63 - 1).map(str)
_sizes = st.builds(
    SizeRange, min=_maybe(st.sampled_from(["0K", "1K", "999K"])), max=_maybe(st.just("2M"))
)
_term = st.text(_characters, max_size=50)
_count = _maybe(st.integers(1, 50))
_advertisers = _maybe(st.lists(_number_id, max_size=3).map(tuple))
_ad_country = _maybe(st.sampled_from([*AD_COUNTRIES, "ALL"]))
_ad_filters = st.builds(
    AdFilters,
    ad_published_date_range=_span,
    country_code=_ad_country,
    country_code_list=_maybe(st.lists(st.sampled_from(AD_COUNTRIES), max_size=3).map(tuple)),
    advertiser_business_ids=_advertisers,
    unique_users_seen_size_range=_maybe(_sizes),
)
_app = {"client_key": _text, "client_secret": _text}

_number = st.integers(0, 2**63 - 1) | st.integers(0, 2**63 - 1).map(str)

REQUESTS: dict[str, SearchStrategy[Values]] = RESEARCH | {
    "oauth.token_code": st.fixed_dictionaries(
        {**_app, "code": _text, "redirect_uri": _text, "code_verifier": _maybe(_text)}
    ),
    "oauth.token_refresh": st.fixed_dictionaries({**_app, "refresh_token": _text}),
    "oauth.token_client": st.fixed_dictionaries(_app),
    "oauth.revoke": st.fixed_dictionaries({**_app, "token": _text}),
    "oauth.qr_start": st.fixed_dictionaries(
        {"client_key": _text, "scope": st.lists(_words).map(tuple), "state": _maybe(_text)}
    ),
    "oauth.qr_check": st.fixed_dictionaries({**_app, "token": _text}),
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
    ).filter(
        lambda asked: (
            asked["post_mode"] is PostMode.MEDIA_UPLOAD
            or asked["post_info"].privacy_level is not None
        )
    ),
    "posting.status": st.fixed_dictionaries({"publish_id": st.text(_characters, max_size=64)}),
    "posting.cancel": st.fixed_dictionaries({"publish_id": st.text(_characters, max_size=64)}),
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
    "embed.player": st.fixed_dictionaries({name: _flag for name in PlayerParams.model_fields}),
    "embed.live": st.fixed_dictionaries(
        {"embed_domain": _text, "autoplay": _flag, "muted": _flag, "controls": _flag}
    ),
    "embed.legacy_frame": st.fixed_dictionaries({"lang": _maybe(_text)}),
    "share.ios": st.fixed_dictionaries(
        {
            "key": st.text(_characters, min_size=1, max_size=20),
            "bundle_id": st.text("0123456789abcdef", min_size=128, max_size=128),
            "media_type": st.sampled_from(MediaType),
            "media_paths": st.lists(_words, min_size=1, max_size=12).map(tuple),
            "redirect_uri": _text.map(lambda text: f"https://app.example.com/{text}"),
            "request_id": st.text(_characters, min_size=1, max_size=20),
            "state": _maybe(_text),
            "api_version": _maybe(_text),
        }
    ),
    "commercial.ad_query": st.fixed_dictionaries(
        {
            "filters": _ad_filters,
            "fields": _some(AD_FIELDS),
            "search_term": _maybe(_term),
            "search_type": _maybe(st.sampled_from(SearchType)),
            "max_count": _count,
            "search_id": _maybe(_text),
        }
    ),
    "commercial.ad_detail": st.fixed_dictionaries(
        {"ad_id": _number_id, "fields": _some(AD_DETAIL_FIELDS)}
    ),
    "commercial.ad_report": st.fixed_dictionaries(
        {
            "filters": st.builds(
                ReportFilters,
                ad_published_date_range=_span,
                country_code=_ad_country,
                advertiser_business_ids=_advertisers,
            ),
            "fields": _some(REPORT_FIELDS),
        }
    ),
    "commercial.advertiser_query": st.fixed_dictionaries(
        {"search_term": _term, "fields": _some(ADVERTISER_FIELDS), "max_count": _count}
    ),
    "commercial.content_query": st.fixed_dictionaries(
        {
            "filters": st.builds(
                ContentFilters,
                content_published_date_range=_span,
                creator_country_code=_maybe(st.sampled_from(CONTENT_COUNTRIES)),
                creator_usernames=_maybe(st.lists(_text, max_size=3).map(tuple)),
            ),
            "fields": _some(CONTENT_FIELDS),
            "max_count": _count,
            "search_id": _maybe(_text),
        }
    ),
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
