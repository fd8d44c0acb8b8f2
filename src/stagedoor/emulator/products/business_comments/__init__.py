"""Comments on an account's posts in TikTok API for Business; they are `community`'s comments."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_comments",
    calls=("/open_api/v1.3/business/comment/", "/tos-emulator-cmt-0068/"),
    state=True,
)
