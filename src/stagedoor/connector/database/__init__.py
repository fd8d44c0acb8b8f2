"""One database layer for SQLite and PostgreSQL."""

from .engine import Database
from .metadata import ORG, metadata
from .prepared import Prepared
from .scope import (
    MINE,
    Scope,
    any_row,
    organisations_with,
    renewed,
    renewing,
    rows_of_all,
)

__all__ = [
    "MINE",
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
