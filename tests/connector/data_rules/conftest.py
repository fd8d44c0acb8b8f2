"""Accounts that were read once, without an engine."""

from __future__ import annotations

from tests.connector.sync.conftest import synced

__all__ = ("synced",)
