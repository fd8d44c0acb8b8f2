"""Redeeming the code of a login: its tokens, and the account that consented."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from stagedoor.client import TikTok, TikTokBusiness, Tokens
from stagedoor.client.errors import StagedoorError

from ..apps.service import RegisteredApp
from ..clock import Clock
from ..errors import ApiError
from ..patience import IMPATIENT
from . import profile
from .accounts import CredentialKind, ReachedAdAccount
from .clients import AppClients
from .profile import ConnectedProfile

logger = logging.getLogger("stagedoor.integrations")


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A consent: its tokens, and what TikTok says about the account."""

    kind: CredentialKind
    tokens: Tokens
    subject: str
    """Identifies the grant among those of its app and kind: the account; for `ads` the person and
    the organisation, because each organisation's consent names its own ad accounts."""
    profile: ConnectedProfile
    ad_accounts: tuple[ReachedAdAccount, ...] = ()


class Redeemer:
    """Redeems codes with the app's secret."""

    def __init__(self, clients: AppClients, clock: Clock, redirect_uri: str) -> None:
        self._clients = clients
        self._clock = clock
        self._redirect_uri = redirect_uri

    def redeem(
        self, org: str, app: RegisteredApp, login: Row[Any], code: str, verifier: str | None
    ) -> Redeemed:
        """Exchange a code. Raises the client's errors."""
        kind = CredentialKind(login.kind)
        if kind is CredentialKind.CREATOR:
            return self._creator(app, code, verifier)
        if kind is CredentialKind.ACCOUNT:
            return self._account(app, code)
        return self._ads(org, app, code)

    def discard(self, app: RegisteredApp, redeemed: Redeemed) -> None:
        """Revoke tokens that won't be kept."""
        self._revoke(app, redeemed.kind, redeemed.tokens)

    def _revoke(self, app: RegisteredApp, kind: CredentialKind, tokens: Tokens) -> None:
        client: TikTok | TikTokBusiness
        if kind is CredentialKind.CREATOR:
            client = self._clients.tiktok(app, tokens)
        else:
            client = self._clients.business(app, tokens)
        try:
            client.oauth.disconnect()
        except (StagedoorError, ApiError) as error:
            logger.warning("an unwanted grant couldn't be ended: %s", error)

    def _creator(self, app: RegisteredApp, code: str, verifier: str | None) -> Redeemed:
        answer = self._clients.tiktok(app).oauth.exchange_code(
            client_key=app.client_key,
            client_secret=app.client_secret,
            code=code,
            redirect_uri=self._redirect_uri,
            code_verifier=verifier,
        )
        tokens = Tokens.from_answer(answer, self._clock.now())
        tiktok = self._clients.tiktok(app, tokens, IMPATIENT)
        found = _optional(lambda: profile.read(tiktok, tokens.scopes))
        return Redeemed(CredentialKind.CREATOR, tokens, tokens.open_id, found)

    def _account(self, app: RegisteredApp, code: str) -> Redeemed:
        answer = self._clients.business(app).oauth.exchange_account_code(
            auth_code=code, redirect_uri=self._redirect_uri
        )
        tokens = Tokens.from_account(answer, self._clock.now())
        business = self._clients.business(app, tokens, IMPATIENT)
        found = _optional(lambda: profile.read_account(business, tokens.scopes))
        return Redeemed(CredentialKind.ACCOUNT, tokens, tokens.open_id, found)

    def _ads(self, org: str, app: RegisteredApp, code: str) -> Redeemed:
        answer = self._clients.business(app).oauth.exchange_auth_code(auth_code=code)
        permissions = tuple(str(one) for one in answer.scope)
        tokens = Tokens(access_token=answer.access_token, scopes=permissions)
        business = self._clients.business(app, tokens, IMPATIENT)
        try:
            person, found = profile.read_person(business)
            accounts = named_accounts(business)
        except Exception:
            # the token would be valid for ever, and nobody could revoke it
            self._revoke(app, CredentialKind.ADS, tokens)
            raise
        return Redeemed(CredentialKind.ADS, tokens, f"{person}/{org}", found, tuple(accounts))


def named_accounts(business: TikTokBusiness) -> Sequence[ReachedAdAccount]:
    """The ad accounts that a token reaches. Raises the client's errors."""
    listed = business.advertisers.list().list
    return [ReachedAdAccount(one.advertiser_id, one.advertiser_name) for one in listed]


def _optional(read: Any) -> ConnectedProfile:
    """The account is connected all the same if its profile can't be read: it is read again
    later."""
    try:
        found: ConnectedProfile = read()
    except (StagedoorError, ApiError) as error:
        logger.warning("a profile couldn't be read: %s", error)
        return ConnectedProfile()
    return found
