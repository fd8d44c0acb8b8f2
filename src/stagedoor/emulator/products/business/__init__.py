"""TikTok API for Business: authorization, ad accounts, Business Center."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business",
    calls=(
        "/portal/auth",
        "/open_api/v1.3/oauth2/",
        "/open_api/v1.3/user/",
        "/open_api/v1.3/advertiser/",
        "/open_api/v1.3/tt_user/",
        "/open_api/v1.3/bc/",
    ),
    control=("/_emulator/business/",),
    state=True,
    seed_after=(),
)
