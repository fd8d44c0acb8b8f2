"""Reading campaigns, ad groups and ads at TikTok, and finding the ad account of an id."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from stagedoor.client import TikTokBusiness
from stagedoor.client.effects import before_sending
from stagedoor.client.errors import ReconnectRequired, StagedoorError
from stagedoor.platform.ads_vocabulary import PrimaryStatus
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads.common import MAX_STATUSES

from ..ad_metrics.objects import AdLevel
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from ..pages import Page, bad_cursor, cursor_of, parse_cursor
from . import store
from .errors import AccountNotNamed, NoAdObject
from .levels import LevelCalls
from .objects import AdObject
from .problems import Reviewed

Check = Callable[[], None]
"""Called right before a request is sent: an error of it refuses the request."""
MAX_SEARCHED = 25
"""Ad accounts in which an id is looked for that wasn't made here."""
_CACHED = 20_000
_ALL_PAGES = 10
_PAGE = 1_000


@contextmanager
def told_errors() -> Iterator[None]:
    """Raise the client's errors as the service's."""
    try:
        yield
    except StagedoorError as error:
        raise api_error_of(error) from error


def send(
    client: TikTokBusiness,
    operation: Operation[..., Any],
    request: BaseModel,
    check: Check | None = None,
) -> Any:
    """Send a request that was validated already; `check` is called right before it is sent. Raises
    the client's errors, and those of `check`."""
    flow = client.flow_of(operation, request)
    return client.driver.run(flow if check is None else before_sending(flow, check))


class AdReads:
    """Reads the ads objects of organisations at TikTok. Thread-safe."""

    def __init__(self, database: Database, business: BusinessClients) -> None:
        self._database = database
        self._business = business
        self._lock = threading.Lock()
        self._places: OrderedDict[tuple[str, AdLevel, str], str] = OrderedDict()
        """The ad accounts of objects that were read, so that they aren't looked for again."""

    def client(self, org: str, account_id: str) -> TikTokBusiness:
        """A client for an ad account. Raises `AccountNotAccessible`."""
        return self._business.for_advertiser(org, account_id)

    def page(
        self,
        org: str,
        calls: LevelCalls,
        account_id: str,
        filters: Mapping[str, Any],
        cursor: str | None,
        limit: int,
    ) -> Page[AdObject]:
        """A page of an ad account's objects, newest first. Raises TikTok's refusals."""
        number = _page_number(cursor)
        client = self.client(org, account_id)
        filtering = {"primary_status": PrimaryStatus.NOT_DELETE, **filters}
        request = calls.read.request(
            advertiser_id=account_id, filtering=filtering, page=number, page_size=limit
        )
        with told_errors():
            answer = send(client, calls.read, request)
            found = self._reviewed(client, calls, account_id, answer.list)
        for one in found:
            self._remember(org, calls.level, one.id, account_id)
        more = number < answer.page_info.total_page
        return Page(found, cursor_of(float(number + 1)) if more else None)

    def get(
        self, org: str, calls: LevelCalls, object_id: str, account_id: str | None = None
    ) -> AdObject:
        """An object by its id, with its review; deleted ones too.

        Raises `NoAdObject`, `AccountNotNamed`, `AccountNotAccessible` and TikTok's refusals.
        """
        found = self.find(org, calls, object_id, account_id)
        with told_errors():
            client = self.client(org, found.account_id)
            return self._reviewed(client, calls, found.account_id, [found.record])[0]

    def find(
        self, org: str, calls: LevelCalls, object_id: str, account_id: str | None = None
    ) -> AdObject:
        """As `get`, without its review."""
        if not object_id.isdecimal() or not object_id.isascii() or len(object_id) > 20:
            raise NoAdObject(calls.called, calls.path)
        known = account_id or self._known(org, calls.level, object_id)
        if known is not None:
            with told_errors():
                found = self.read_in(org, calls, known, [object_id])
            if found or account_id is not None:
                return _only(calls, found)
        return self._searched(org, calls, object_id)

    def read_in(
        self, org: str, calls: LevelCalls, account_id: str, object_ids: Sequence[str]
    ) -> list[AdObject]:
        """The objects, of at most 100, that an ad account has, deleted ones too. Raises the
        client's errors."""
        client = self.client(org, account_id)
        filtering = {calls.ids: tuple(object_ids), "primary_status": PrimaryStatus.ALL}
        request = calls.read.request(
            advertiser_id=account_id, filtering=filtering, page_size=max(1, len(object_ids))
        )
        found = send(client, calls.read, request).list
        return [AdObject(calls.level, account_id, one) for one in found]

    def all_of(
        self, client: TikTokBusiness, calls: LevelCalls, account_id: str, **filters: Any
    ) -> list[AdObject] | None:
        """All objects that match and aren't deleted; None: there are more than 10,000. Raises the
        client's errors."""
        found: list[AdObject] = []
        for number in range(1, _ALL_PAGES + 1):
            request = calls.read.request(
                advertiser_id=account_id,
                filtering={"primary_status": PrimaryStatus.NOT_DELETE, **filters},
                page=number,
                page_size=_PAGE,
            )
            answer = send(client, calls.read, request)
            found += [AdObject(calls.level, account_id, one) for one in answer.list]
            if number >= answer.page_info.total_page:
                return found
        return None

    def reviews(
        self, client: TikTokBusiness, calls: LevelCalls, account_id: str, ids: Sequence[str]
    ) -> dict[str, Reviewed]:
        """The reviews that have ended, by id. Raises the client's errors."""
        found: dict[str, Reviewed] = {}
        for at in range(0, len(ids), MAX_STATUSES):
            some = tuple(ids[at : at + MAX_STATUSES])
            if calls.level is AdLevel.AD_GROUP:
                groups = send(
                    client,
                    business_ads.ADGROUP_REVIEW_INFO,
                    business_ads.AdGroupReviewQuery(advertiser_id=account_id, adgroup_ids=some),
                ).ad_group_review_map
            elif calls.level is AdLevel.AD:
                groups = send(
                    client,
                    business_ads.AD_REVIEW_INFO,
                    business_ads.AdReviewQuery(advertiser_id=account_id, ad_ids=some),
                ).ad_review_map
            else:
                return {}
            found.update({key: Reviewed.of(one) for key, one in groups.items()})
        return found

    def _reviewed(
        self, client: TikTokBusiness, calls: LevelCalls, account_id: str, records: Sequence[Any]
    ) -> list[AdObject]:
        found = [AdObject(calls.level, account_id, one) for one in records]
        reviews = self.reviews(client, calls, account_id, [one.id for one in found])
        return [replace(one, review=reviews.get(one.id)) for one in found]

    def _known(self, org: str, level: AdLevel, object_id: str) -> str | None:
        with self._lock:
            found = self._places.get((org, level, object_id))
        if found is not None:
            return found
        with self._database.read() as connection:
            return store.account_of(TenantConnection(connection, org), level.value, object_id)

    def _remember(self, org: str, level: AdLevel, object_id: str, account_id: str) -> None:
        with self._lock:
            self._places[org, level, object_id] = account_id
            self._places.move_to_end((org, level, object_id))
            while len(self._places) > _CACHED:
                self._places.popitem(last=False)

    def _searched(self, org: str, calls: LevelCalls, object_id: str) -> AdObject:
        accounts = list(
            dict.fromkeys(
                account.id
                for integration in self._business.integrations_with_ads(org)
                for account in integration.ad_accounts
            )
        )
        if len(accounts) > MAX_SEARCHED:
            raise AccountNotNamed(calls.called, MAX_SEARCHED)
        unable: ApiError | None = None
        for account_id in accounts:
            try:
                with told_errors():
                    found = self.read_in(org, calls, account_id, [object_id])
            except ApiError as error:
                unable = unable or error
                continue
            if found:
                self._remember(org, calls.level, object_id, account_id)
                return found[0]
        if unable is not None and not isinstance(unable.__cause__, ReconnectRequired):
            raise unable
        raise NoAdObject(calls.called, calls.path)


def _only(calls: LevelCalls, found: Sequence[AdObject]) -> AdObject:
    if not found:
        raise NoAdObject(calls.called, calls.path)
    return found[0]


def _page_number(cursor: str | None) -> int:
    if cursor is None:
        return 1
    at, _ = parse_cursor(cursor, ids=0)
    if at != int(at) or not 1 < at < 1 << 31:
        raise bad_cursor()
    return int(at)
