"""The kinds of data of webhooks."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, TextRows, expire_rows
from ..database import Database
from .dispatch import KEEP_SECONDS
from .models import events, inbox

_DAYS = int(KEEP_SECONDS // 86_400)


def kinds(database: Database) -> tuple[DataKind, ...]:
    columns = events.c
    rows = TextRows(
        database, events, (columns.event, columns.content), account=columns.integration_id
    )
    return (
        DataKind(
            name="receivedEvents",
            words="Events that TikTok sent of the organisation's accounts",
            after_removal="They stay for as long as others.",
            keep=Keep(_DAYS, 1, _DAYS),
            tables=(events,),
            expire=expire_rows(database, events, columns.received),
            find=rows.find,
            erase=rows.erase,
        ),
        DataKind(
            name="webhookInbox",
            words="TikTok's deliveries as they were signed, before they become events",
            after_removal="They end a week after they came.",
            keep=Keep(_DAYS),
            tables=(inbox,),
            note="Deliveries belong to no organisation and aren't searched: each ends after "
            f"{_DAYS} days. Until then they keep TikTok's repetitions from acting twice.",
        ),
    )
