"""The field of a request of TikTok API for Business that names the connected TikTok account."""

from __future__ import annotations

ACCOUNT_FIELDS = ("business_id", "creator_id")
"""The request fields of TikTok API for Business that name the connected TikTok account: both are
its open_id, and a request has at most one of them (`business-accounts.yaml`, account_ids)."""


def account_field(request: object) -> str | None:
    """The name of the field with which a request names the connected account; None: it has none."""
    return next((name for name in ACCOUNT_FIELDS if hasattr(request, name)), None)
