"""The kinds of data of campaigns, ad groups and ads."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, TextRows, expire_rows
from ..database import Database
from .models import ad_spend_guards, ad_spend_requests, ad_writes
from .store import SETTLED


def kinds(database: Database) -> tuple[DataKind, ...]:
    columns = ad_writes.c
    over = columns.outcome.in_(SETTLED)
    texts = (columns.request, columns.error)
    shown = TextRows(database, ad_writes, texts)
    erased = TextRows(database, ad_writes, texts, where=(over,), names_only=True)
    return (
        DataKind(
            name="adChanges",
            words="The journal of what was made, changed, launched and paused of ads, with what "
            "was sent to TikTok",
            after_removal="It stays: it is the organisation's own history.",
            keep=Keep(None, 30, 3_650, unlimited=True),
            tables=(ad_writes,),
            expire=expire_rows(database, ad_writes, columns.at, over),
            find=shown.find,
            erase=erased.erase,
            note="The names go, and the entries stay; an entry whose outcome isn't known keeps "
            "them until it is. The ads themselves are at TikTok: change them there.",
        ),
        DataKind(
            name="adSpend",
            words="What ads spent today, by currency, where a limit is set",
            after_removal="It stays while the organisation has a limit.",
            keep=Keep(None),
            tables=(ad_spend_guards, ad_spend_requests),
            note="It names nobody.",
        ),
    )
