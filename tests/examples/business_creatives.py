"""Examples of videos and images for ads."""

from __future__ import annotations

import hashlib
from itertools import count

from hypothesis import strategies as st

from stagedoor.platform.products import business_creatives as creatives
from stagedoor.platform.products.business_creatives import (
    FileKind,
    FileType,
    TemporaryUploadType,
    UploadType,
    VideoSort,
)
from tests.support import media

from .business import ADVERTISER_ID, DEFAULT_LIMITS, IDS
from .example import Example, Seeded, Values
from .strategies import CHARACTERS, FLAG, fields, maybe

ADVERTISER = {"advertiser_id": ADVERTISER_ID}
VIDEO_ID = "v10033g50000seededvideo00000000001"
OTHER_VIDEO_ID = "v10033g50000seededvideo00000000002"
IMAGE_ID = f"ad-site-i18n-sg/202001015d0d{1:024d}"
OTHER_IMAGE_ID = f"ad-site-i18n-sg/202001015d0d{2:024d}"

_numbers = count(1)

NAMES = st.text(CHARACTERS, min_size=1, max_size=100)
MATERIALS = st.sampled_from((VIDEO_ID, OTHER_VIDEO_ID, "v1"))
MD5S = st.text("0123456789abcdef", min_size=32, max_size=32)
PIXELS = st.integers(0, 10_000)
RATIOS = st.lists(st.sampled_from((0.5625, 1.0, 1.778)), max_size=3).map(tuple)
FILES = st.binary(min_size=1, max_size=50)
OFFSETS = st.integers(0, 2**53)


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def fresh(ending: str) -> str:
    """A name that no other file has."""
    return f"file {next(_numbers)}.{ending}"


def video(_: Seeded) -> Values:
    data = media.video()
    return ADVERTISER | {
        "upload_type": UploadType.FILE,
        "file_name": fresh("mp4"),
        "video_file": data,
        "video_signature": md5(data),
    }


def image(_: Seeded) -> Values:
    data = media.photo()
    return ADVERTISER | {
        "upload_type": UploadType.FILE,
        "file_name": fresh("jpg"),
        "image_file": data,
        "image_signature": md5(data),
    }


def temporary(_: Seeded) -> Values:
    data = media.photo()
    return ADVERTISER | {
        "upload_type": TemporaryUploadType.FILE,
        "content_type": FileKind.IMAGE,
        "file": data,
        "signature": md5(data),
        "name": "a.jpg",
    }


_ADVERTISER = {"advertiser_id": IDS}
_VIDEO_FILTER = st.fixed_dictionaries(
    {},
    optional={
        "video_ids": st.lists(MATERIALS, max_size=3).map(tuple),
        "material_ids": st.lists(IDS, max_size=3).map(tuple),
        "width": PIXELS,
        "height": PIXELS,
        "ratio": RATIOS,
        "displayable": st.booleans(),
        "video_name": NAMES,
        "video_material_source": st.just(("UPLOADED_TO_TIKTOK_ADS_MANAGER",)),
    },
)
_IMAGE_FILTER = st.fixed_dictionaries(
    {},
    optional={
        "image_ids": st.just((IMAGE_ID,)),
        "material_ids": st.lists(IDS, max_size=3).map(tuple),
        "width": PIXELS,
        "height": PIXELS,
        "ratio": RATIOS,
        "displayable": st.booleans(),
    },
)
_PAGES = {"page": maybe(st.integers(1, 50)), "page_size": maybe(st.integers(1, 1_000))}

EXAMPLES = (
    Example(
        creatives.FILE_VIDEO_UPLOAD,
        request=video,
        drawn=fields(
            **_ADVERTISER,
            file_name=maybe(NAMES),
            video_file=FILES,
            video_signature=MD5S,
            is_third_party=FLAG,
        )
        | fields(
            **_ADVERTISER,
            upload_type=st.just(UploadType.URL),
            video_url=st.just("https://ready.example.com/a.mp4"),
            flaw_detect=st.just(True),
            auto_fix_enabled=FLAG,
        )
        | fields(**_ADVERTISER, upload_type=st.just(UploadType.FILE_ID), file_id=NAMES)
        | fields(**_ADVERTISER, upload_type=st.just(UploadType.VIDEO_ID), video_id=MATERIALS),
        effect=creatives.FILE_VIDEO_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_VIDEO_INFO,
        request=lambda _: ADVERTISER | {"video_ids": (VIDEO_ID,)},
        drawn=fields(**_ADVERTISER, video_ids=st.lists(MATERIALS, min_size=1).map(tuple)),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_VIDEO_SEARCH,
        request=lambda _: ADVERTISER | {"filtering": {"video_name": "pasta"}},
        drawn=fields(
            **_ADVERTISER,
            filtering=maybe(_VIDEO_FILTER),
            sort_field=maybe(st.sampled_from(VideoSort)),
            **_PAGES,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_VIDEO_SUGGESTCOVER,
        request=lambda _: ADVERTISER | {"video_id": VIDEO_ID},
        drawn=fields(**_ADVERTISER, video_id=MATERIALS, poster_number=maybe(st.integers(1, 10))),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_VIDEO_UPDATE,
        request=lambda _: ADVERTISER | {"video_id": VIDEO_ID, "file_name": fresh("mp4")},
        drawn=fields(**_ADVERTISER, video_id=MATERIALS, file_name=NAMES),
        effect=creatives.FILE_VIDEO_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_IMAGE_UPLOAD,
        request=image,
        drawn=fields(**_ADVERTISER, file_name=maybe(NAMES), image_file=FILES, image_signature=MD5S)
        | fields(
            **_ADVERTISER,
            upload_type=st.just(UploadType.URL),
            image_url=st.just("https://ready.example.com/a.jpg"),
        )
        | fields(**_ADVERTISER, upload_type=st.just(UploadType.FILE_ID), file_id=NAMES),
        effect=creatives.FILE_IMAGE_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_IMAGE_INFO,
        request=lambda _: ADVERTISER | {"image_ids": (IMAGE_ID,)},
        drawn=fields(**_ADVERTISER, image_ids=st.just((IMAGE_ID, OTHER_IMAGE_ID))),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_IMAGE_SEARCH,
        request=lambda _: ADVERTISER | {"filtering": {"ratio": (0.5625,)}},
        drawn=fields(**_ADVERTISER, filtering=maybe(_IMAGE_FILTER), **_PAGES),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_IMAGE_UPDATE,
        request=lambda _: ADVERTISER | {"image_id": IMAGE_ID, "file_name": fresh("png")},
        drawn=fields(**_ADVERTISER, image_id=st.just(IMAGE_ID), file_name=NAMES),
        effect=creatives.FILE_IMAGE_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_NAME_CHECK,
        request=lambda _: ADVERTISER | {"file_name": "pasta.mp4"},
        drawn=fields(**_ADVERTISER, file_name=NAMES, file_type=maybe(st.sampled_from(FileType)))
        | fields(
            **_ADVERTISER,
            files=st.lists(
                fields(file_name=NAMES, file_type=st.sampled_from(FileType)),
                min_size=1,
                max_size=3,
            ).map(tuple),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_START_UPLOAD,
        request=lambda _: ADVERTISER | {"size": 25_000_000, "content_type": FileKind.VIDEO},
        drawn=fields(
            **_ADVERTISER,
            size=st.integers(20_000_000, 2**53),
            content_type=st.sampled_from(FileKind),
            name=maybe(NAMES),
        ),
        effect=creatives.FILE_TRANSFER_UPLOAD,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_TRANSFER_UPLOAD,
        request=lambda _: (
            ADVERTISER
            | {"upload_id": "none", "start_offset": 0, "file": b"part", "signature": md5(b"part")}
        ),
        refused=True,
        drawn=fields(
            **_ADVERTISER, upload_id=NAMES, start_offset=OFFSETS, file=FILES, signature=MD5S
        ),
        effect=creatives.FILE_FINISH_UPLOAD,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_FINISH_UPLOAD,
        request=lambda _: ADVERTISER | {"upload_id": "none"},
        refused=True,
        drawn=fields(**_ADVERTISER, upload_id=NAMES),
        effect=creatives.FILE_VIDEO_UPLOAD,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        creatives.FILE_TEMPORARILY_UPLOAD,
        request=temporary,
        drawn=fields(
            **_ADVERTISER,
            upload_type=st.just(TemporaryUploadType.FILE),
            content_type=st.sampled_from(FileKind),
            file=FILES,
            signature=MD5S,
            name=maybe(NAMES),
        )
        | fields(
            **_ADVERTISER,
            upload_type=st.just(TemporaryUploadType.URL),
            content_type=st.sampled_from(FileKind),
            url=st.just("https://ready.example.com/a.mp4"),
        ),
        effect=creatives.FILE_IMAGE_UPLOAD,
        limits=DEFAULT_LIMITS,
    ),
)
