"""Runs that read all ad accounts of a credential: descriptions, and those that TikTok refuses."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stagedoor.client.errors import (
    BadRequest,
    NotFound,
    PolicyRefused,
    ScopeMissing,
    StagedoorError,
    WrongState,
)

from ..ad_metrics import store
from .sync_run import SyncRun

_AT_ONCE = 100
"""The most ad accounts that TikTok describes in one answer."""
_OF_ONE = (BadRequest, NotFound, PolicyRefused, ScopeMissing, WrongState)
"""The errors that are about one ad account. All others end the run."""

logger = logging.getLogger("stagedoor.sync")


def made(stretch: SyncRun, steps: Iterator[None]) -> bool:
    """Go through steps that yield before each of their calls, as far as the run may; returns
    whether they came to their end."""
    over = object()
    if next(steps, over) is over:
        return True
    return any(next(steps, over) is over for _ in stretch.calls())


def described(stretch: SyncRun, ids: Sequence[str]) -> Iterator[None]:
    """Read the currencies and zones of ad accounts that aren't known; neither ever changes. Yields
    before each call."""
    with stretch.write() as tenant:
        known = store.accounts(tenant, ids)
    new = [one for one in ids if one not in known]
    for at in range(0, len(new), _AT_ONCE):
        some = tuple(new[at : at + _AT_ONCE])
        yield
        told = stretch.business_for(some[0]).advertisers.info(advertiser_ids=some).list
        with stretch.write() as tenant:
            for one in told:
                zone = one.display_timezone or one.timezone or "UTC"
                store.describe(tenant, one.advertiser_id, one.currency or "", zone)


@dataclass
class AdAccountErrors:
    """Leaves out ad accounts that TikTok refuses, so that they don't hold up the others."""

    _first: StagedoorError | None = None
    _count: int = field(default=0)

    def left_out(self, stretch: SyncRun, account_id: str, error: StagedoorError) -> None:
        """Note an error about one ad account; raises any other error again."""
        if not isinstance(error, _OF_ONE):
            raise error
        self._first = self._first or error
        self._count += 1
        told = {"org": stretch.account.org, "ad_account": account_id}
        logger.warning("an ad account can't be read: %s", error, extra=told)

    def raise_if_all(self, accounts: int) -> None:
        """Raise the first error if TikTok refused every ad account."""
        if self._first is not None and self._count >= accounts:
            raise self._first
