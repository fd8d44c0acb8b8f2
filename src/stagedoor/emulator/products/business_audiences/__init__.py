"""Custom audiences: files of hashed identifiers, matching, rules, lookalikes, streaming."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct(
    "business_audiences",
    calls=("/open_api/v1.3/dmp/custom_audience/", "/open_api/v1.3/segment/"),
    timers=("audience",),
    state=True,
    seed_after=("business",),
)
