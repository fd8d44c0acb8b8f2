"""One database layer for SQLite and PostgreSQL."""

from .engine import Database
from .metadata import ORG, metadata
from .scope import Scope, organisations_with

__all__ = ["ORG", "Database", "Scope", "metadata", "organisations_with"]
