"""Asking TikTok whether an app's key and secret belong together."""

from __future__ import annotations

import httpx2

from stagedoor.client import Hosts, RetryPolicy, TikTok, TikTokBusiness

from ..app_kinds import AppKind

_IMPATIENT = RetryPolicy(attempts=2, first_delay=0.2)


def prove(kind: AppKind, key: str, secret: str, hosts: Hosts, http: httpx2.Client) -> None:
    """Make a call that TikTok answers only for the right secret.

    Raises `ClientRejected` for a wrong pair, other client errors where TikTok can't be asked.
    """
    if kind is AppKind.BUSINESS:
        business = TikTokBusiness(key, secret, hosts=hosts, retry=_IMPATIENT, http=http, pacer=None)
        business.subscriptions.list()
    else:
        tiktok = TikTok(key, secret, hosts=hosts, retry=_IMPATIENT, http=http, pacer=None)
        tiktok.oauth.client_token()
