"""Login Kit: consent, QR logins, tokens."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "oauth",
    calls=("/v2/oauth/", "/v2/auth/", "/auth/", "/oauth/", "/v0/oauth/", "/opensdk/oauth"),
    control=("/_emulator/qr/", "/_emulator/scan"),
    state=True,
)
