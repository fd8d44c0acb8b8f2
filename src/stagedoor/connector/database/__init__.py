"""One database layer for SQLite and PostgreSQL."""

from .engine import Database
from .metadata import ORG, metadata
from .prepared import Prepared
from .scope import (
    OF_TENANT,
    Scope,
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
    "Scope",
    "any_row",
    "metadata",
    "organisations_with",
    "renewed",
    "renewing",
    "rows_of_all",
]
