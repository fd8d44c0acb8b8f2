"""The metadata that all tables share, and the column types that both databases support.

Times are Unix seconds as DOUBLE, ids are text, documents are JSON.
"""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

ORG = "org"


def org_column(*, index: bool = True) -> Column[str]:
    """Marks a table as an organisation's: only a `TenantConnection` reads and writes it.

    A table with many rows of one organisation has indexes that begin with `org` for each of its
    queries, and none of `org` alone: SQLite takes that one even where another index is of the
    wanted row.
    """
    return Column(ORG, String, nullable=False, index=index)
