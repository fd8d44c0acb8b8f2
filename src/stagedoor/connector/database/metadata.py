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


def org_column() -> Column[str]:
    """Marks a table as an organisation's: only a `TenantConnection` reads and writes it."""
    return Column(ORG, String, nullable=False, index=True)
