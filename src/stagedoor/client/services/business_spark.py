"""Creators' posts in ads."""

from __future__ import annotations

from stagedoor.platform.products import business_spark

from .. import ads
from ..service import Call, M, Service, Walk


class SparkPosts(Service[M]):
    """Posts that creators authorised to the ad account by a code, to be shown in ads."""

    authorize = Call(business_spark.TT_VIDEO_AUTHORIZE)
    info = Call(business_spark.TT_VIDEO_INFO)
    list = Call(business_spark.TT_VIDEO_LIST)
    unbind = Call(business_spark.TT_VIDEO_UNBIND)
    all_posts = Walk(ads.all_spark_posts, business_spark.TT_VIDEO_LIST)
