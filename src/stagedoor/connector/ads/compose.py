"""Requests to TikTok, composed from this API's by the table of fields and checked before they are
sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from stagedoor.client.errors import InvalidRequest
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads

from .conditional_fields import missing
from .errors import FieldsMissing
from .field_rules import RequestSource, rules_of

Problem = tuple[str, str]
_IDS = ("advertiser_id", "campaign_id", "adgroup_id", "ad_id", "creatives", "patch_update")
_SWITCHED = ("operation_status", "request_id")
_CREATIVE = "creatives.0."
_OF_ADS = (business_ads.AD_CREATE, business_ads.AD_UPDATE)


def composed(
    operation: Operation[..., Any],
    source: RequestSource,
    ids: Mapping[str, Any],
    tiktok: Mapping[str, Any] | None,
    above: Mapping[str, Any] | None = None,
    problems: Iterable[Problem] = (),
) -> Any:
    """The request of an operation. `ids` are the fields that name its objects, `above` those of
    the object in which it creates, by TikTok's names.

    Raises `FieldsMissing` with every problem: those that were found already, what `tiktok` may not
    set, what the declaration refuses, and what is missing.
    """
    found = list(problems)
    values, given = _values(operation, source)
    for name, value in (tiktok or {}).items():
        if name in _IDS or name in _SWITCHED:
            found.append((f"tiktok.{name}", "is set by the service"))
        elif name in given:
            found.append((f"tiktok.{name}", f"is given by {given[name]} already"))
        else:
            values[name] = value
    values = {name: value for name, value in values.items() if value is not None}
    named = {part for path, _ in found for part in (path, path.partition(".")[0])} - {"tiktok"}
    found += [one for one in missing(operation, values, above or {}) if one[0] not in named]
    request: BaseModel | None = None
    try:
        if operation in _OF_ADS:
            outer = {name: value for name, value in ids.items() if name != "ad_id"}
            own = {name: value for name, value in ids.items() if name == "ad_id"}
            request = operation.request(**outer, creatives=(values | own,))
        else:
            request = operation.request(**ids, **values)
    except InvalidRequest as error:
        for path, why in error.problems:
            told = _path(operation, path)
            if told not in {one for one, _ in found}:
                found.append((told, why))
    if found or request is None:
        raise FieldsMissing(found)
    return request


def _values(
    operation: Operation[..., Any], source: RequestSource
) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields by the table; and which of them the caller gave, with the name for it."""
    values: dict[str, Any] = {}
    given: dict[str, str] = {}
    for rule in rules_of(operation):
        value = rule.value(source)
        if value is None:
            continue
        values[rule.field] = value
        if not rule.rule:
            given[rule.field] = rule.made_of[0]
    return values, given


def _path(operation: Operation[..., Any], path: str) -> str:
    """A path of TikTok's request as this API's caller names it."""
    path = path.removeprefix(_CREATIVE)
    first, _, rest = path.partition(".")
    for rule in rules_of(operation):
        if rule.field == first and rule.made_of:
            return rule.made_of[0] + (f".{rest}" if rest and rest.isdigit() else "")
    return f"tiktok.{path}"


def as_json(request: BaseModel) -> dict[str, Any]:
    """A request as it is kept in the journal, without the ad account, which the row has."""
    kept = request.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    kept.pop("advertiser_id", None)
    return kept


def from_json(operation: Operation[..., Any], account: str, kept: Mapping[str, Any]) -> Any:
    """The request that a row of the journal keeps."""
    model: Any = operation.request
    return model.model_validate({**kept, "advertiser_id": account})
