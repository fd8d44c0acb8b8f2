"""The fields of a request of TikTok API for Business that name accounts: the connected TikTok
account, and ad accounts."""

from __future__ import annotations

ACCOUNT_FIELDS = ("business_id", "creator_id")
"""The request fields of TikTok API for Business that name the connected TikTok account: both are
its open_id, and a request has at most one of them (`business-accounts.yaml`, account_ids)."""
AD_ACCOUNT_FIELDS = (
    "advertiser_id",
    "advertiser_ids",
    "shared_advertiser_id",
    "shared_advertiser_ids",
)
"""The request fields of TikTok API for Business that name ad accounts, one or several."""


def account_field(request: object) -> str | None:
    """The name of the field with which a request names the connected account; None: it has none."""
    return next((name for name in ACCOUNT_FIELDS if hasattr(request, name)), None)


def ad_accounts_named(request: object) -> tuple[str, ...]:
    """The ids of all ad accounts that a request names, each once."""
    found: list[str] = []
    for name in AD_ACCOUNT_FIELDS:
        value = getattr(request, name, None)
        listed = value if isinstance(value, list | tuple) else (value,)
        found += [str(one) for one in listed if one not in (None, "")]
    return tuple(dict.fromkeys(found))
