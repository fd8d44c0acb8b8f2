"""One database layer for SQLite and PostgreSQL."""

from .engine import Database
from .metadata import ORG, metadata
from .prepared import Prepared
from .scope import MINE, Scope, organisations_with, renewed, renewing

__all__ = [
    "MINE",
    "ORG",
    "Database",
    "Prepared",
    "Scope",
    "metadata",
    "organisations_with",
    "renewed",
    "renewing",
]
