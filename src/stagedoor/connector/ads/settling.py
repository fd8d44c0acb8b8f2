"""Finding out how a write at TikTok ended whose answer was lost, or whose process died."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.ads_vocabulary import IdentityType, OperationStatus
from stagedoor.platform.products import business_ads

from ..ad_metrics.objects import AdLevel
from ..clock import Clock
from ..errors import ApiError, Conflict
from .errors import SeveralMade
from .journal import SETTLE_SECONDS, AdJournal, fields_of, name_in
from .levels import LEVELS, LevelCalls
from .objects import AdObject, moment_of
from .reads import AdReads, send
from .store import AdsAction, Write

IDENTITY = "identity"
"""The level, in the journal, of the identities under which ads appear."""
GIVE_UP_SECONDS = 600.0
"""An object that TikTok doesn't list so long after its create wasn't made."""
MOST_SECONDS = 3_600.0
"""The longest time between two looks."""
LOST_SECONDS = 7 * 86_400.0
"""A write whose outcome can't be found out for so long counts as failed."""
_EARLIER = 300.0
"""TikTok's clock may be behind ours by so much."""
_LISTED = 100
_COMPARED = ("video_id", "tiktok_item_id", "ad_text", "identity_id", "landing_page_url")

logger = logging.getLogger("stagedoor.ads")


class Settling:
    """Settles rows of the journal. Thread-safe."""

    def __init__(self, clock: Clock, journal: AdJournal, reads: AdReads) -> None:
        self._clock = clock
        self._journal = journal
        self._reads = reads

    def run(self, ref: str) -> None:
        """Settle a row, by the ref of its due row: organisation/id. Idempotent."""
        org, write_id = ref.rsplit("/", 1)
        write = self._journal.take(org, write_id)
        if write is None:
            return
        age = self._clock.now() - write.at
        why: Exception = _not_yet()
        try:
            client = self._reads.client(org, write.account)
            if self._ended(org, client, write):
                return
        except (ApiError, StagedoorError) as error:
            why = error
        logger.info("a write of ads isn't settled yet", extra={"org": org, "write": write.id})
        if age > LOST_SECONDS:
            self._journal.failed(org, [write.id], why)
        else:
            after = min(MOST_SECONDS, max(SETTLE_SECONDS, age / 10))
            self._journal.unknown(org, [write.id], why, after)

    def made(self, org: str, client: TikTokBusiness, write: Write) -> str | None:
        """The id of what a create made, if TikTok lists an object that it can be. Raises
        `SeveralMade`, and the client's errors."""
        if write.level == IDENTITY:
            return self.identity_named(client, write.account, write.request["display_name"])
        calls = LEVELS[AdLevel(write.level)]
        name = name_in(write.level, write.request)
        request = fields_of(write.request)
        since = datetime.fromtimestamp(write.at - _EARLIER, UTC).replace(microsecond=0)
        filtering: dict[str, Any] = {
            calls.name: name or None,
            "creation_filter_start_time": since,
            **_parent(calls, write.request),
        }
        query = calls.read.request(
            advertiser_id=write.account, filtering=filtering, page_size=_LISTED
        )
        listed = send(client, calls.read, query).list
        found = [AdObject(calls.level, write.account, one) for one in listed]
        found = [one for one in found if one.name == name and _may_be(one, request)]
        found = [one for one in found if _made_since(one, since)]
        known = self._journal.known(org, calls.level, write.account, [one.id for one in found])
        mine = [one.id for one in found if one.id not in known]
        if len(mine) > 1:
            raise SeveralMade(calls.called, write.id)
        return mine[0] if mine else None

    def given_up(self, org: str, write: Write) -> bool:
        """End a create that TikTok doesn't list as failed, if it was sent long enough ago."""
        if self._clock.now() - write.at < GIVE_UP_SECONDS:
            return False
        self._journal.failed(org, [write.id], _nothing())
        return True

    def happened(self, write: Write, found: AdObject) -> bool | None:
        """Whether a change or switch was done, by what TikTok shows now; None: it can't be told."""
        if write.action is AdsAction.CHANGE:
            return shows(found, fields_of(write.request))
        wanted = (
            OperationStatus.ENABLE if write.action is AdsAction.LAUNCH else OperationStatus.DISABLE
        )
        return bool(found.record.operation_status == wanted)

    def _ended(self, org: str, client: TikTokBusiness, write: Write) -> bool:
        if write.action is AdsAction.CREATE:
            object_id = self.made(org, client, write)
            if object_id is not None:
                self._journal.done(org, [write.id], object_id)
                return True
            return self.given_up(org, write)
        calls = LEVELS[AdLevel(write.level)]
        found = self._reads.read_in(org, calls, write.account, [write.object or ""])
        happened = self.happened(write, found[0]) if found else False
        if happened is None:
            return False
        if happened:
            self._journal.done(org, [write.id])
        else:
            self._journal.failed(org, [write.id], _nothing())
        return True

    def identity_named(self, client: TikTokBusiness, account_id: str, name: str) -> str | None:
        """The id of the ad account's own identity of this name. Raises the client's errors."""
        query = business_ads.IdentityQuery(
            advertiser_id=account_id,
            identity_type=IdentityType.CUSTOMIZED_USER,
            filtering=business_ads.IdentityFilters(keyword=name),
            page_size=_LISTED,
        )
        listed = send(client, business_ads.IDENTITY_GET, query).identity_list
        return next((one.identity_id for one in listed if one.display_name == name), None)


def shows(found: AdObject, fields: Mapping[str, Any]) -> bool | None:
    """Whether an object shows these fields; None: TikTok shows none of them."""
    record = found.fields
    compared = {name: record[name] for name in fields if name in record}
    if not compared:
        return None
    return all(_same(fields[name], value) for name, value in compared.items())


def _same(wanted: Any, shown: Any) -> bool:
    if isinstance(wanted, list) and isinstance(shown, list):
        return sorted(map(str, wanted)) == sorted(map(str, shown))
    return bool(wanted == shown)


def _may_be(found: AdObject, request: Mapping[str, Any]) -> bool:
    shown = found.fields
    if found.level is not AdLevel.AD:
        return True
    return all(name not in request or request[name] == shown.get(name) for name in _COMPARED)


def _made_since(found: AdObject, since: datetime) -> bool:
    made = moment_of(found.record.create_time)
    return made is None or made >= since


def _parent(calls: LevelCalls, request: Mapping[str, Any]) -> dict[str, Any]:
    if calls.parent is None:
        return {}
    return {f"{calls.parent}s": (request[calls.parent],)}


def _nothing() -> ApiError:
    return Conflict("TikTok shows that it wasn't done: send it again if it is still wanted.")


def _not_yet() -> ApiError:
    return Conflict("It isn't known yet whether TikTok did it.")
