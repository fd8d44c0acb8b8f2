"""Examples of an account's profile, insights, posts and publishing."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import business_accounts as accounts
from stagedoor.platform.vocabulary import PrivacyLevel

from .business import APP, DEFAULT_LIMITS, DRAWN_APP, IDS
from .business_comments import ACCOUNT_LIMITS, OPEN_IDS, open_id
from .example import Example, Seeded, Values
from .strategies import ADDRESSES, CHARACTERS, FLAG, TEXT, fields, maybe, some

PUBLISH_LIMITS = ((6, 60), (15, 86_400))
_PROFILE_FIELDS = tuple(accounts.PROFILE_FIELDS)
_POST_FIELDS = tuple(name for name in accounts.POST_FIELDS if name != "item_id")
_MOMENTS = maybe(st.integers(0, 2**31))
_VOLUMES = maybe(st.integers(0, 100))
_CAPTIONS = maybe(TEXT)
_KINDS = st.sampled_from(accounts.WebhookEventType)
_ITEM_LISTS = st.lists(IDS, max_size=100).map(tuple)
_METAS = st.builds(
    accounts.UrlPropertyMeta, property_type=st.sampled_from(accounts.UrlPropertyType), url=TEXT
)
PROPERTY = {"url_property_meta": {"property_type": 1, "url": "media.example.com"}}
UNKNOWN_PROPERTY = {"url_property_meta": {"property_type": 1, "url": "unknown.example.com"}}


def own(seeded: Seeded, **more: object) -> Values:
    return {"business_id": open_id(seeded)} | more


EXAMPLES = (
    Example(
        accounts.BUSINESS_GET,
        request=lambda seeded: own(seeded, fields=_PROFILE_FIELDS),
        drawn=fields(
            business_id=OPEN_IDS,
            start_date=maybe(st.dates()),
            end_date=maybe(st.dates()),
            fields=some(_PROFILE_FIELDS),
        ),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.BUSINESS_VIDEO_LIST,
        request=lambda seeded: own(seeded, fields=("item_id", *_POST_FIELDS)),
        drawn=fields(
            business_id=OPEN_IDS,
            fields=some(_POST_FIELDS).map(lambda names: ("item_id", *names)),
            filters=maybe(
                st.builds(
                    accounts.PostFilters,
                    video_ids=maybe(st.lists(IDS, max_size=20).map(tuple)),
                    ad_post_only=FLAG,
                )
            ),
            cursor=maybe(st.integers(0, 2**53)),
            max_count=maybe(st.integers(1, 20)),
        ),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.BUSINESS_VIDEO_SETTINGS,
        request=own,
        drawn=fields(business_id=OPEN_IDS),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.BUSINESS_VIDEO_PUBLISH,
        request=lambda seeded: own(
            seeded, video_url=f"{seeded.media}/a.mp4", post_info={"caption": "Rye"}
        ),
        drawn=fields(
            business_id=OPEN_IDS,
            video_url=ADDRESSES,
            custom_thumbnail_url=maybe(ADDRESSES),
            post_info=st.builds(
                accounts.AccountVideoInfo,
                caption=_CAPTIONS,
                is_brand_organic=FLAG,
                is_branded_content=FLAG,
                tto_invite_link=maybe(TEXT),
                disable_comment=FLAG,
                disable_duet=FLAG,
                disable_stitch=FLAG,
                thumbnail_offset=_MOMENTS,
                is_ai_generated=FLAG,
                upload_to_draft=FLAG,
                is_ads_only=FLAG,
                location_id=maybe(TEXT),
                location_name=maybe(TEXT),
                music_sound_info=maybe(
                    st.builds(
                        accounts.VideoMusic,
                        music_sound_id=maybe(TEXT),
                        music_sound_volume=_VOLUMES,
                        music_sound_start=_MOMENTS,
                        music_sound_end=_MOMENTS,
                        video_original_sound_volume=_VOLUMES,
                    )
                ),
            ),
        ),
        effect=accounts.BUSINESS_VIDEO_LIST,
        limits=PUBLISH_LIMITS,
    ),
    Example(
        accounts.BUSINESS_PHOTO_PUBLISH,
        request=lambda seeded: own(
            seeded,
            photo_images=(f"{seeded.media}/a.jpg",),
            post_info={"privacy_level": "PUBLIC_TO_EVERYONE", "title": "Rye"},
        ),
        drawn=fields(
            business_id=OPEN_IDS,
            photo_images=st.lists(ADDRESSES, min_size=1, max_size=35).map(tuple),
            photo_cover_index=_MOMENTS,
            post_info=st.builds(
                accounts.AccountPhotosInfo,
                privacy_level=st.sampled_from(PrivacyLevel),
                title=_CAPTIONS,
                caption=_CAPTIONS,
                auto_add_music=FLAG,
                is_brand_organic=FLAG,
                is_branded_content=FLAG,
                is_draft=FLAG,
                disable_comment=FLAG,
                music_sound_info=maybe(st.builds(accounts.PhotoMusic, music_sound_id=maybe(TEXT))),
                location_id=maybe(TEXT),
                location_name=maybe(TEXT),
            ),
        ),
        effect=accounts.BUSINESS_VIDEO_LIST,
        limits=PUBLISH_LIMITS,
    ),
    Example(
        accounts.BUSINESS_PUBLISH_STATUS,
        request=lambda seeded: own(seeded, publish_id="v_pub_url~v1.1"),
        refused=True,
        drawn=fields(business_id=OPEN_IDS, publish_id=TEXT),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.POST_AUTHORIZE_SETTING,
        request=lambda seeded: own(seeded, item_id=seeded.oldest_video, is_ad_promotable=True),
        drawn=fields(
            business_id=OPEN_IDS,
            item_id=IDS,
            is_ad_promotable=st.booleans(),
            authorization_days=maybe(st.sampled_from(accounts.AuthorizationDays)),
        ),
        effect=accounts.POST_AUTHORIZE_STATUS,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.POST_AUTHORIZE,
        request=lambda seeded: own(seeded, item_id="1"),
        refused=True,
        drawn=fields(
            business_id=OPEN_IDS,
            item_id=IDS,
            authorization_days=maybe(st.sampled_from(accounts.AuthorizationDays)),
        ),
        effect=accounts.POST_AUTHORIZE_STATUS,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.POST_AUTHORIZE_STATUS,
        request=lambda seeded: own(seeded, item_id=seeded.oldest_video),
        drawn=fields(business_id=OPEN_IDS, item_id=IDS),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.POST_AUTHORIZE_DELETE,
        request=lambda seeded: own(seeded, item_id="1"),
        refused=True,
        drawn=fields(business_id=OPEN_IDS, item_id=IDS),
        effect=accounts.POST_AUTHORIZE_STATUS,
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.BUSINESS_BENCHMARK,
        request=lambda seeded: own(seeded, business_category="FOOD_AND_BEVERAGE"),
        drawn=fields(
            business_id=OPEN_IDS, business_category=st.sampled_from(accounts.BusinessCategory)
        ),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.BUSINESS_HASHTAG_SUGGESTION,
        request=lambda seeded: own(seeded, keyword="br"),
        drawn=fields(
            business_id=OPEN_IDS,
            keyword=st.text(CHARACTERS, min_size=1, max_size=40),
            language=maybe(TEXT),
        ),
        limits=ACCOUNT_LIMITS,
    ),
    Example(
        accounts.PROPERTY_ADD,
        request=lambda _: APP | PROPERTY,
        drawn=fields(**DRAWN_APP, url_property_meta=_METAS),
        effect=accounts.PROPERTY_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        accounts.PROPERTY_VERIFY,
        request=lambda _: APP | UNKNOWN_PROPERTY,
        refused=True,
        drawn=fields(**DRAWN_APP, url_property_meta=_METAS),
        effect=accounts.PROPERTY_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        accounts.PROPERTY_DELETE,
        request=lambda _: APP | UNKNOWN_PROPERTY,
        refused=True,
        drawn=fields(**DRAWN_APP, url_property_meta=_METAS),
        effect=accounts.PROPERTY_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        accounts.PROPERTY_LIST,
        request=lambda _: dict(APP),
        drawn=fields(**DRAWN_APP),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        accounts.WEBHOOK_UPDATE,
        request=lambda _: (
            APP | {"event_type": "COMMENT", "callback_url": "https://ready.example.com/hooks"}
        ),
        drawn=fields(
            **DRAWN_APP, event_type=_KINDS, callback_url=ADDRESSES, item_list=maybe(_ITEM_LISTS)
        ),
        effect=accounts.WEBHOOK_LIST,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        accounts.WEBHOOK_LIST,
        request=lambda _: APP | {"event_type": "COMMENT"},
        drawn=fields(**DRAWN_APP, event_type=_KINDS),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        accounts.WEBHOOK_DELETE,
        request=lambda _: APP | {"event_type": "BRAND_MENTION"},
        refused=True,
        drawn=fields(**DRAWN_APP, event_type=_KINDS, item_list=maybe(_ITEM_LISTS)),
        effect=accounts.WEBHOOK_LIST,
        limits=DEFAULT_LIMITS,
    ),
)
