"""One database layer for SQLite and PostgreSQL."""

from .engine import Database
from .metadata import ORG, metadata
from .prepared import Prepared
from .tenant_connection import (
    OF_TENANT,
    TenantConnection,
    any_row,
    organisations_with,
    renewed,
    renewing,
    rows_of_all,
)

__all__ = [
    "OF_TENANT",
    "ORG",
    "Database",
    "Prepared",
    "TenantConnection",
    "any_row",
    "metadata",
    "organisations_with",
    "renewed",
    "renewing",
    "rows_of_all",
]
