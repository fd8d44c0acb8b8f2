"""A TikTok account's profile, insights, posts and publishing in TikTok API for Business."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_accounts",
    calls=(
        "/open_api/v1.3/business/get/",
        "/open_api/v1.3/business/video/",
        "/open_api/v1.3/business/photo/",
        "/open_api/v1.3/business/publish/",
        "/open_api/v1.3/business/post/",
        "/open_api/v1.3/business/property/",
        "/open_api/v1.3/business/webhook/",
        "/open_api/v1.3/business/benchmark/",
        "/open_api/v1.3/business/hashtag/",
    ),
    state=True,
)
