"""Examples of the Content Posting API."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform import media
from stagedoor.platform.products import display, posting
from stagedoor.platform.products.posting import (
    FileUpload,
    PhotoPostInfo,
    PhotoSource,
    PostMode,
    PrivacyLevel,
    PullFromUrl,
    VideoPostInfo,
)

from .example import FILE, Example, Values
from .strategies import ADDRESSES, BIG, CHARACTERS, FLAG, TEXT, fields, maybe

_LEVEL = st.sampled_from([*PrivacyLevel, "SELF_ONLY"])
_SOURCE = st.builds(FileUpload, video_size=BIG, chunk_size=BIG, total_chunk_count=BIG) | st.builds(
    PullFromUrl, video_url=ADDRESSES
)
_VIDEO_INFO = st.builds(
    VideoPostInfo,
    privacy_level=_LEVEL,
    title=maybe(TEXT),
    disable_duet=FLAG,
    disable_stitch=FLAG,
    disable_comment=FLAG,
    video_cover_timestamp_ms=maybe(BIG),
    brand_content_toggle=FLAG,
    brand_organic_toggle=FLAG,
    is_aigc=FLAG,
)
_PHOTO_INFO = st.builds(
    PhotoPostInfo,
    title=maybe(TEXT),
    description=maybe(TEXT),
    privacy_level=maybe(_LEVEL),
    auto_add_music=FLAG,
)
_PHOTOS = st.lists(ADDRESSES, min_size=1, max_size=35).flatmap(
    lambda urls: st.builds(
        PhotoSource,
        photo_images=st.just(tuple(urls)),
        photo_cover_index=st.integers(0, len(urls) - 1),
    )
)
_PUBLISH_ID = fields(publish_id=st.text(CHARACTERS, max_size=64))


def _has_a_level(values: Values) -> bool:
    """A direct post needs a privacy level."""
    draft: bool = values["post_mode"] is PostMode.MEDIA_UPLOAD
    return draft or values["post_info"].privacy_level is not None


EXAMPLES = (
    Example(
        posting.CREATOR_INFO,
        request=lambda _: {},
        drawn=st.just({}),
        limits=((20, 60),),
    ),
    Example(
        posting.VIDEO_INIT,
        request=lambda _: {
            "post_info": VideoPostInfo(privacy_level="SELF_ONLY", title="A film"),
            "source_info": FILE,
        },
        drawn=fields(post_info=_VIDEO_INFO, source_info=_SOURCE),
        effect=display.VIDEO_LIST,
        limits=((6, 60),),
    ),
    Example(
        posting.INBOX_VIDEO_INIT,
        request=lambda _: {"source_info": FILE},
        drawn=fields(source_info=_SOURCE),
        effect=posting.STATUS,
        limits=((6, 60),),
    ),
    Example(
        posting.CONTENT_INIT,
        request=lambda seeded: {
            "post_mode": PostMode.MEDIA_UPLOAD,
            "source_info": PhotoSource(
                photo_images=(f"{seeded.media}/a.jpg",), photo_cover_index=0
            ),
            "post_info": PhotoPostInfo(title="A photo"),
        },
        drawn=fields(
            post_mode=st.sampled_from(PostMode),
            source_info=_PHOTOS,
            post_info=_PHOTO_INFO,
            is_aigc=FLAG,
        ).filter(_has_a_level),
        effect=posting.STATUS,
        limits=((6, 60),),
    ),
    Example(
        posting.STATUS,
        request=lambda seeded: {"publish_id": seeded.begun.publish_id},
        drawn=_PUBLISH_ID,
        limits=((30, 60),),
    ),
    Example(
        posting.CANCEL,
        request=lambda seeded: {"publish_id": seeded.begun.publish_id},
        refused=True,
        ends=True,
        drawn=_PUBLISH_ID,
        effect=posting.STATUS,
    ),
    Example(
        media.UPLOAD_CHUNK,
        request=lambda _: {"upload_id": "1", "upload_token": "none"},
        refused=True,
        drawn=fields(upload_id=TEXT, upload_token=TEXT),
        effect=display.VIDEO_LIST,
    ),
)
