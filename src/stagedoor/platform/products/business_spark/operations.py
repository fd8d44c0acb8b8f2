"""The operations on posts that creators authorised for ads."""

from __future__ import annotations

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Retry
from ..business.common import COMMON, PREFIX, numbered
from ..business.product import ADVERTISER
from .models import (
    MAX_POSTS,
    AuthorizedPost,
    AuthorizedPostPage,
    AuthorizedPostQuery,
    CodeQuery,
    CodeUse,
    PostUnbinding,
)

_READS = AnyOf(("690",))
_MANAGES = AnyOf(("691",))

TT_VIDEO_AUTHORIZE = ADVERTISER.operation(
    "tt_video_authorize",
    "POST",
    f"{PREFIX}/tt_video/authorize/",
    request=CodeUse,
    response=Empty,
    summary="Redeem a creator's code, so that ads can show the post",
    action="Use creators' posts in ads",
    effect=OperationEffect.WRITE,
    scopes=_MANAGES,
    errors=COMMON,
    source="business-spark.yaml tt_video_authorize",
)

TT_VIDEO_INFO = ADVERTISER.operation(
    "tt_video_info",
    "GET",
    f"{PREFIX}/tt_video/info/",
    request=CodeQuery,
    response=AuthorizedPost,
    summary="Read the post behind a creator's code",
    action="Read creators' posts for ads",
    scopes=_READS,
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-spark.yaml tt_video_info",
)

TT_VIDEO_LIST = ADVERTISER.operation(
    "tt_video_list",
    "GET",
    f"{PREFIX}/tt_video/list/",
    request=AuthorizedPostQuery,
    response=AuthorizedPostPage,
    summary="List the posts that creators authorised to the ad account",
    action="Read creators' posts for ads",
    scopes=_MANAGES,
    paging=numbered(MAX_POSTS),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-spark.yaml tt_video_list",
)

TT_VIDEO_UNBIND = ADVERTISER.operation(
    "tt_video_unbind",
    "POST",
    f"{PREFIX}/tt_video/unbind/",
    request=PostUnbinding,
    response=Empty,
    summary="Drop an authorised post",
    action="Use creators' posts in ads",
    effect=OperationEffect.WRITE,
    scopes=_MANAGES,
    errors=COMMON,
    source="business-spark.yaml tt_video_unbind",
)
