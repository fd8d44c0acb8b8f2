"""The state of reports: tasks, and the row plans of recent questions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import field
from typing import Any

from stagedoor.platform.records import record

from ...world import World
from ...world.collection import Entity, EntityCollection, Index, Value
from ..business.state import AD_ACCOUNTS
from ..business_ads.state import AD_DAYS, AD_GROUPS, ADS, CAMPAIGNS

_KEPT = 16


class Plans:
    """The plans of the last questions, until something changes that a report depends on."""

    def __init__(self) -> None:
        self.version = 0
        self._found: OrderedDict[Any, tuple[int, Any]] = OrderedDict()

    def get(self, key: Any, make: Callable[[], Any]) -> Any:
        kept = self._found.get(key)
        if kept is not None and kept[0] == self.version:
            self._found.move_to_end(key)
            return kept[1]
        made = make()
        self._found[key] = (self.version, made)
        self._found.move_to_end(key)
        while len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return made


@record
class PreparedReport(Entity):
    """A report that is prepared. Its state follows from the clock."""

    id: str
    token: str
    """The access token that created it; no other reads it."""
    advertiser_ids: tuple[str, ...]
    created: float
    ready: float
    asked: dict[str, Any] = field(default_factory=dict)
    """The request's fields."""
    cancelled: bool = False


@record
class Link(Entity):
    """A temporary address of a finished report's file."""

    id: str
    task_id: str
    expires: float


@record
class AdPurchase(Entity):
    """Purchases that a test asked for: they are events of the ad's day, besides those of its
    spending."""

    id: str
    ad_id: str
    day: str
    hour: int
    count: int
    value: int
    """In hundredths of the ad account's currency."""


TASKS = EntityCollection("report_tasks", PreparedReport)
LINKS = EntityCollection("report_links", Link)
AD_PURCHASES = EntityCollection("ad_purchases", AdPurchase)
PURCHASES_OF_DAY = Index[AdPurchase](on=("ad_id", "day"))
PLANS = Value("report_plans", Plans, Plans, saved=False)


def _outdate(world: World, key: str, entity: object) -> None:
    world[PLANS].version += 1


for _collection in (AD_ACCOUNTS, CAMPAIGNS, AD_GROUPS, ADS, AD_DAYS, AD_PURCHASES):
    _collection.listeners.append(_outdate)
