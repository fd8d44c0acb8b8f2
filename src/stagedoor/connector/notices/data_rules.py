"""The kinds of data of notices."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep, TextRows, expire_rows
from ..database import Database
from .models import notices


def kinds(database: Database) -> tuple[DataKind, ...]:
    columns = notices.c
    texts = (columns.message, columns.subject, columns.detail)
    rows = TextRows(database, notices, texts, account=columns.subject)
    return (
        DataKind(
            name="notices",
            words="Notices to the organisation's admins",
            after_removal="They stay for as long as others.",
            keep=Keep(365, 7, 3_650, unlimited=True),
            tables=(notices,),
            expire=expire_rows(database, notices, columns.at),
            find=rows.find,
            erase=rows.erase,
        ),
    )
