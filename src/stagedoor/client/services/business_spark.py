"""Creators' posts in ads."""

from __future__ import annotations

from stagedoor.platform.products import business_spark
from stagedoor.platform.products.business_spark import AuthorizedPost, AuthorizedPostQuery

from ..service import Call, M, Service, Walk
from ..walks import Walked


class AllAuthorizedPosts(Walked[AuthorizedPost], AuthorizedPostQuery):
    """The posts that creators authorised to the ad account; pages are fetched on demand."""


class SparkPosts(Service[M]):
    """Posts that creators authorised to the ad account by a code, to be shown in ads."""

    authorize = Call(business_spark.TT_VIDEO_AUTHORIZE)
    info = Call(business_spark.TT_VIDEO_INFO)
    list = Call(business_spark.TT_VIDEO_LIST)
    unbind = Call(business_spark.TT_VIDEO_UNBIND)
    all_posts = Walk(business_spark.TT_VIDEO_LIST, AllAuthorizedPosts)
