"""Launching, pausing and deleting any number of campaigns, ad groups or ads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from stagedoor.platform.ads_vocabulary import OperationStatus
from stagedoor.platform.arguments import Says
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads.common import MAX_STATUSES
from stagedoor.platform.refusal import InvalidRequest

from .effects import Flow
from .errors import StagedoorError
from .session import Session, build, call

ObjectIds = Annotated[Iterable[str | int], Says("any number of them")]
Switch = Annotated[
    OperationStatus | str, Says("ENABLE launches, DISABLE pauses, DELETE deletes for good")
]
Account = Annotated[str | int, Says("the ad account; empty: that of `for_advertiser`")]


def switch_campaigns(
    session: Session,
    campaign_ids: ObjectIds,
    operation_status: Switch,
    *,
    advertiser_id: Account = "",
) -> Flow[tuple[str, ...]]:
    """Launch, pause or delete any number of campaigns, 20 at a time; returns their ids.

    If a batch is refused, the batches before it are switched: a note of the error says how many.
    The call can be made again with all ids.
    """
    operation = business_ads.CAMPAIGN_STATUS_UPDATE
    return (
        yield from _switched(
            session, operation, "campaign_ids", campaign_ids, operation_status, advertiser_id
        )
    )


def switch_ad_groups(
    session: Session,
    adgroup_ids: ObjectIds,
    operation_status: Switch,
    *,
    advertiser_id: Account = "",
) -> Flow[tuple[str, ...]]:
    """Launch, pause or delete any number of ad groups, 20 at a time; returns their ids.

    If a batch is refused, the batches before it are switched: a note of the error says how many.
    The call can be made again with all ids.
    """
    operation = business_ads.ADGROUP_STATUS_UPDATE
    return (
        yield from _switched(
            session, operation, "adgroup_ids", adgroup_ids, operation_status, advertiser_id
        )
    )


def switch_ads(
    session: Session,
    ad_ids: ObjectIds,
    operation_status: Switch,
    *,
    advertiser_id: Account = "",
) -> Flow[tuple[str, ...]]:
    """Launch, pause or delete any number of ads, 20 at a time; returns their ids.

    If a batch is refused, the batches before it are switched: a note of the error says how many.
    The call can be made again with all ids.
    """
    operation = business_ads.AD_STATUS_UPDATE
    return (
        yield from _switched(session, operation, "ad_ids", ad_ids, operation_status, advertiser_id)
    )


def _switched(
    session: Session,
    operation: Operation[..., Any],
    field: str,
    ids: Iterable[str | int],
    status: OperationStatus | str,
    advertiser_id: str | int,
) -> Flow[tuple[str, ...]]:
    wanted = tuple(dict.fromkeys(ids))
    if not wanted:
        raise InvalidRequest(operation.id, [(field, "is empty")])
    account = {} if advertiser_id == "" else {"advertiser_id": advertiser_id}
    batches: list[dict[str, Any]] = [
        account | {field: wanted[at : at + MAX_STATUSES], "operation_status": status}
        for at in range(0, len(wanted), MAX_STATUSES)
    ]
    switched: list[str] = []
    # all ids are checked before the first request is sent
    checked = [getattr(build(operation, values), field) for values in batches]
    for values, batch in zip(batches, checked, strict=True):
        try:
            yield from call(session, operation, values)
        except StagedoorError as error:
            if switched:
                error.add_note(f"{len(switched)} of {len(wanted)} were switched before.")
            raise
        switched += batch
    return tuple(switched)
