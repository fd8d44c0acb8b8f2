"""Asking TikTok whether an app's key and secret belong together."""

from __future__ import annotations

import httpx2

from stagedoor.client import Hosts, TikTok, TikTokBusiness
from stagedoor.client.errors import ClientRejected, StagedoorError
from stagedoor.platform.protocols.business_errors import WRONG_PAIR

from ..app_kinds import AppKind
from ..patience import IMPATIENT


def prove(kind: AppKind, key: str, secret: str, hosts: Hosts, http: httpx2.Client) -> None:
    """Make a call that TikTok answers only for the right secret.

    Raises the client's errors; `is_wrong` tells those that say that the pair is wrong.
    """
    if kind is AppKind.BUSINESS:
        business = TikTokBusiness(key, secret, hosts=hosts, retry=IMPATIENT, http=http, pacer=None)
        business.subscriptions.list()
    else:
        tiktok = TikTok(key, secret, hosts=hosts, retry=IMPATIENT, http=http, pacer=None)
        tiktok.oauth.client_token()


def is_wrong(kind: AppKind, error: StagedoorError) -> bool:
    """Whether an error of `prove` says that key and secret don't belong together. TikTok API for
    Business refuses apps for other reasons, too: a method, or a developer that isn't approved."""
    if not isinstance(error, ClientRejected):
        return False
    return kind is not AppKind.BUSINESS or error.code in WRONG_PAIR
