"""The kinds of data of creatives."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, TextRows
from ..database import Database
from .creative import CreativeState
from .models import ad_creatives


def kinds(database: Database) -> tuple[DataKind, ...]:
    columns = ad_creatives.c
    texts = (columns.name, columns.creative, columns.post, columns.facts)
    sent = columns.state != CreativeState.SENDING.value
    rows = TextRows(database, ad_creatives, texts, where=(sent,))
    return (
        DataKind(
            name="creatives",
            words="Names and ids of the videos, images and posts that ads may show",
            after_removal="They stay: they are the organisation's own.",
            keep=Keep(None),
            tables=(ad_creatives,),
            find=rows.find,
            erase=rows.erase,
            note="Files aren't kept here and aren't searched. What was erased stays in the ad "
            "account's library: delete it at TikTok.",
        ),
    )
