"""The ad accounts that an organisation's ads credentials reach, as TikTok describes them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from stagedoor.client.errors import ReconnectRequired, StagedoorError
from stagedoor.platform.products.business import AdvertiserAccount

from ..clock import Clock
from ..database import organisations_with
from .accounts import CredentialKind, Integration, ReachedAdAccount
from .business import BRISK, BusinessClients
from .errors import NoIntegration
from .models import ad_accounts
from .service import Integrations
from .tiktok_errors import api_error_of

FRESH_SECONDS = 60.0
"""How long TikTok's description of ad accounts is served without asking again."""
_CACHED = 256
"""The most consents whose ad accounts are cached."""
_AT_ONCE = 100
"""The most ad accounts that TikTok describes in one answer."""
_FIELDS = (
    "advertiser_id",
    "name",
    "currency",
    "timezone",
    "display_timezone",
    "status",
    "balance",
)


@dataclass(frozen=True, slots=True)
class DescribedAdAccount:
    """An ad account, and the integration whose credential reaches it."""

    id: str
    name: str
    currency: str | None
    timezone: str | None
    status: str | None
    balance: Decimal | None
    integration_id: str


_Consent = tuple[str, str, float]


class AdAccounts:
    """Reads ad accounts at TikTok, at most once in `FRESH_SECONDS` for each consent. Thread-safe.

    The answers are cached in memory.
    """

    def __init__(self, business: BusinessClients, integrations: Integrations, clock: Clock) -> None:
        self._business = business
        self._integrations = integrations
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Consent, tuple[float, list[DescribedAdAccount]]] = OrderedDict()

    def of_org(self, org: str) -> list[DescribedAdAccount]:
        """Every ad account that a usable ads credential reaches, once. Raises `ApiError` where
        TikTok can't be asked."""
        found: dict[str, DescribedAdAccount] = {}
        for integration in self._business.integrations_with_ads(org):
            if not integration.must_have(CredentialKind.ADS).status.usable:
                continue
            try:
                for one in self._fresh(integration):
                    found.setdefault(one.id, one)
            except (ReconnectRequired, NoIntegration):
                continue  # the credential or the integration ended just now
            except StagedoorError as error:
                raise api_error_of(error) from error
        return list(found.values())

    def _fresh(self, integration: Integration) -> list[DescribedAdAccount]:
        credential = integration.must_have(CredentialKind.ADS)
        consent = (integration.id, credential.grant.id, credential.connected_at)
        with self._lock:
            at, kept = self._kept.get(consent, (0.0, None))
        if kept is not None and 0 <= self._clock.now() - at < FRESH_SECONDS:
            return kept
        described = list(self._described(integration))
        with self._lock:
            self._kept[consent] = self._clock.now(), described
            self._kept.move_to_end(consent)
            while len(self._kept) > _CACHED:
                self._kept.popitem(last=False)
        return described

    def _described(self, integration: Integration) -> Iterator[DescribedAdAccount]:
        listed = self._business.read_ad_accounts(integration)
        grant = integration.must_have(CredentialKind.ADS).grant
        client = self._integrations.business_for(grant).with_retry(BRISK)
        for at in range(0, len(listed), _AT_ONCE):
            some = listed[at : at + _AT_ONCE]
            answer = client.advertisers.info(
                advertiser_ids=tuple(one.id for one in some), fields=_FIELDS
            )
            told_of = {one.advertiser_id: one for one in answer.list}
            for one in some:
                yield _joined(one, told_of.get(one.id), integration.id)


def _joined(
    listed: ReachedAdAccount, described: AdvertiserAccount | None, integration_id: str
) -> DescribedAdAccount:
    if described is None:
        return DescribedAdAccount(listed.id, listed.name, None, None, None, None, integration_id)
    status = described.status
    return DescribedAdAccount(
        id=listed.id,
        name=described.name or listed.name,
        currency=described.currency,
        timezone=described.display_timezone or described.timezone,
        status=None if status is None else str(status),
        balance=described.balance,
        integration_id=integration_id,
    )


def organisations_sharing(connection: Connection, account_id: str, but: str) -> list[str]:
    """The other organisations that reach an ad account, for the service's own use: a caller is
    never told of them."""
    reached = ad_accounts.c.account_id == account_id
    found = organisations_with(connection, ad_accounts, reached)
    return [org for org in found if org != but]
