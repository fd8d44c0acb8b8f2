"""The kinds of data of requests for copies of creators' data."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, TextRows, expire_rows
from ..database import Database
from .models import portability_requests


def kinds(database: Database) -> tuple[DataKind, ...]:
    columns = portability_requests.c
    over = columns.ended.is_not(None)
    texts = (columns.account, columns.error)
    shown = TextRows(database, portability_requests, texts, account=columns.integration)
    erased = TextRows(
        database, portability_requests, texts, account=columns.integration, where=(over,)
    )
    return (
        DataKind(
            name="portabilityRequests",
            words="That copies of creators' data were asked for; the copies are never stored",
            after_removal="They stay: they are the organisation's own history.",
            keep=Keep(None, 7, 3_650, unlimited=True),
            tables=(portability_requests,),
            expire=expire_rows(database, portability_requests, columns.created, over),
            find=shown.find,
            erase=erased.erase,
            note="A request that TikTok still works on stays until it has ended: cancel it, and "
            "erase again.",
        ),
    )
