"""All declarations, collected from the product modules."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

from . import media
from .operation import BrowserPage, Event, Operation
from .products import (
    business,
    business_accounts,
    business_ads,
    business_audiences,
    business_comments,
    business_creatives,
    business_creators,
    business_events,
    business_marketplace,
    business_reports,
    business_spark,
    commercial,
    display,
    embed,
    oauth,
    portability,
    posting,
    research,
    sharing,
    webhooks,
)
from .products.research import shop, validation

PRODUCTS: tuple[ModuleType, ...] = (
    oauth,
    display,
    posting,
    media,
    embed,
    sharing,
    commercial,
    research,
    shop,
    validation,
    portability,
    webhooks,
    business,
    business_ads,
    business_reports,
    business_audiences,
    business_events,
    business_marketplace,
    business_creatives,
    business_accounts,
    business_comments,
    business_creators,
    business_spark,
)


def products_of(name: str) -> list[ModuleType]:
    """The modules of the product groups whose operations' ids begin with `name`."""
    return [
        module
        for module in PRODUCTS
        if any(
            isinstance(value, Operation) and value.id.startswith(f"{name}.")
            for value in vars(module).values()
        )
    ]


def _declared(kind: type[Any]) -> list[Any]:
    return [
        value for module in PRODUCTS for value in vars(module).values() if isinstance(value, kind)
    ]


@cache
def operations() -> dict[str, Operation[..., Any]]:
    """All operations by id."""
    return {item.id: item for item in _declared(Operation)}


@cache
def pages() -> dict[str, BrowserPage]:
    """All browser pages by id."""
    return {item.id: item for item in _declared(BrowserPage)}


@cache
def events() -> dict[str, Event]:
    """All webhook events by the name on the wire."""
    return {item.name: item for item in _declared(Event)}
