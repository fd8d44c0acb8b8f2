"""The address by which the service is reached, for commands that print links to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import store

if TYPE_CHECKING:
    from ..services import Services

_FACT = "public_url"


def remember(services: Services) -> None:
    """Write down the address in force; the service that started last is meant."""
    with services.database.begin() as connection:
        store.put(connection, _FACT, services.settings.public_url)


def recall(services: Services) -> None:
    """Take the address that was written down, where this process was told none."""
    if services.settings.public_url_said:
        return
    with services.database.read() as connection:
        found = store.get(connection, _FACT)
    if found is not None:
        services.settings = replace(services.settings, public_url=found)
