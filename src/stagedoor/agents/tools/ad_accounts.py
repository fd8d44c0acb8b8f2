"""The ad account of a tool's call, where the model names none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.connector.errors import ObjectNotFound
from stagedoor.platform.operation import Operation, Subject

from .factory import request_of
from .tool import Asking, Unfit

FIELD = "advertiser_id"
WORDS = (
    "The ad account, one of list_accounts' ad_accounts. It may be left out where there is only one."
)


def completed(operation: Operation[..., Any], asking: Asking) -> dict[str, Any]:
    """Return the arguments with the only ad account that the integration reaches, if they name
    none. Raises `Unfit` where it reaches several."""
    arguments = dict(asking.arguments)
    if not _lacks(operation, arguments) or asking.account is None:
        return arguments
    try:
        integration = asking.parts.integrations.get(asking.caller.org, asking.account)
    except ObjectNotFound:
        return arguments
    if len(integration.ad_accounts) > 1:
        raise Unfit(f"{FIELD}: several ad accounts are reached: name one of list_accounts")
    for one in integration.ad_accounts:
        arguments[FIELD] = one.id
    return arguments


def _lacks(operation: Operation[..., Any], arguments: Mapping[str, Any]) -> bool:
    return (
        operation.subject is Subject.ADVERTISER
        and FIELD in request_of(operation).model_fields
        and not arguments.get(FIELD)
        and not arguments.get("advertiser_ids")
    )
