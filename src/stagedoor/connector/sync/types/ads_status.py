"""`ads-status`: the delivery states of campaigns, ad groups and ads. A change is an event: TikTok
sends no webhook for a pause, or for the end of a budget or a schedule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.products import business_ads

from ...ad_metrics import objects, store
from ...ad_metrics.news import AdNews
from ...ad_metrics.objects import AdLevel
from ...ad_metrics.states import ObjectSnapshot
from ...integrations.accounts import CredentialKind
from ..ad_accounts import AdAccountErrors, described, made
from ..sync_run import Cadence, Next, SyncRun, SyncType

_EVERY = 900.0
_FRESH = 60.0
"""A trigger reads nothing again that was read so few seconds ago, unless it forces it."""
_PAGE = 1_000
_STATES = ("operation_status", "secondary_status")
_FORGOTTEN = 86_400.0
"""An object that no list had for so long was deleted."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """One reading of all ad accounts, which may take several runs. Times in Unix seconds."""

    began: float
    older: float
    """Ad accounts that were read before this time are due."""
    account: str | None = None
    """The ad account that is being read, with the list and its page."""
    level: str = AdLevel.CAMPAIGN.value
    page: int = 1
    first: bool = False
    """Its lists were never read to their end before: nothing in them is news."""


def _run(stretch: SyncRun) -> Next:
    over = made(stretch, _steps(stretch, _begun(stretch)))
    return Next(stretch.now + _EVERY) if over else Next(stretch.now, finished=False)


def _begun(stretch: SyncRun) -> _Pass:
    """The pass to go on with; a trigger makes more ad accounts due."""
    now, wanted = stretch.now, stretch.wanted
    unfinished = None if stretch.progress is None else _Pass(**stretch.progress)
    older = now - _EVERY
    if wanted is not None:
        older = now if wanted.force else now - _FRESH
    if unfinished is None:
        return _Pass(now, older)
    return replace(unfinished, older=max(older, unfinished.older))


def _steps(stretch: SyncRun, begun: _Pass) -> Iterator[None]:
    """Yield before each call, until nothing is due."""
    errors = AdAccountErrors()
    stretch.progress = asdict(begun)
    ids = sorted(one.id for one in stretch.account.ad_accounts)
    yield from described(stretch, ids)
    for account_id in ids:
        with stretch.write() as tenant:
            row = store.accounts(tenant, [account_id]).get(account_id)
        if row is None or (row.states_at is not None and row.states_at > begun.older):
            continue
        at = begun
        if begun.account != account_id:
            at = _Pass(begun.began, begun.older, account_id, first=row.states_from is None)
        read: dict[str, float] = {"states_at": stretch.now}
        try:
            yield from _account(stretch, at, account_id)
        except StagedoorError as error:
            errors.left_out(stretch, account_id, error)
        else:
            read |= {"states_from": row.states_from or begun.began}
        with stretch.write() as tenant:
            store.change_account(tenant, account_id, **read)
            objects.forget(tenant, account_id, begun.began - _FORGOTTEN)
    errors.raise_if_all(len(ids))


def _account(stretch: SyncRun, at: _Pass, account_id: str) -> Iterator[None]:
    """Read an ad account's lists, from where an earlier run stopped."""
    news = AdNews(stretch.clock, stretch.events)
    levels = list(AdLevel)
    for level in levels[levels.index(AdLevel(at.level)) :]:
        page, more = at.page if level.value == at.level else 1, True
        while more:
            stretch.progress = asdict(replace(at, level=level.value, page=page))
            yield
            asked = stretch.now
            seen, pages = _listed(stretch.business_for(account_id), level, page)
            with stretch.write() as tenant:
                of = (tenant, stretch.account.id, account_id)
                news.listed(*of, level, seen, at=asked, first=at.first)
            more, page = page < pages, page + 1


def _listed(
    client: TikTokBusiness, level: AdLevel, page: int
) -> tuple[Sequence[ObjectSnapshot], int]:
    """A page of a list, and the number of its pages."""
    lists: dict[AdLevel, Any] = {
        AdLevel.CAMPAIGN: client.campaigns,
        AdLevel.AD_GROUP: client.ad_groups,
        AdLevel.AD: client.ads,
    }
    own_id, name = f"{level.word}_id", f"{level.word}_name"
    above = () if level is AdLevel.CAMPAIGN else ("adgroup_id",)
    names = dict.fromkeys(("campaign_id", *above, own_id, name, *_STATES))
    answer = lists[level].list(fields=tuple(names), page=page, page_size=_PAGE)
    found = [
        ObjectSnapshot(
            level=level,
            id=getattr(one, own_id),
            campaign_id=one.campaign_id,
            ad_group_id=one.adgroup_id if above else None,
            name=getattr(one, name),
            switch=None if one.operation_status is None else str(one.operation_status),
            status=one.secondary_status,
        )
        for one in answer.list
        if getattr(one, own_id) and one.campaign_id
    ]
    return found, answer.page_info.total_page


ADS_STATUS = SyncType(
    name="ads-status",
    subject=CredentialKind.ADS,
    scopes=(),
    what="Delivery states of campaigns, ad groups and ads: pauses, reviews, ends of budgets",
    operations=(
        business_ads.CAMPAIGN_GET.id,
        business_ads.ADGROUP_GET.id,
        business_ads.AD_GET.id,
    ),
    page=_PAGE,
    cadence=(Cadence(_EVERY),),
    run=_run,
)
