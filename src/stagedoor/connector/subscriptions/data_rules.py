"""The kinds of data of subscriptions."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, TextRows, expire_rows
from ..database import Database
from .models import event_deliveries
from .subscription import KEEP_SECONDS, DeliveryState

_DAYS = int(KEEP_SECONDS // 86_400)


def kinds(database: Database) -> tuple[DataKind, ...]:
    columns = event_deliveries.c
    rows = TextRows(database, event_deliveries, (columns.type, columns.body))
    ended = columns.state != DeliveryState.WAITING.value
    return (
        DataKind(
            name="eventDeliveries",
            words="Messages to the organisation's webhooks and mail addresses",
            after_removal="They stay for as long as others.",
            keep=Keep(_DAYS, 1, _DAYS),
            tables=(event_deliveries,),
            expire=expire_rows(database, event_deliveries, columns.created, ended),
            find=rows.find,
            erase=rows.erase,
        ),
    )
