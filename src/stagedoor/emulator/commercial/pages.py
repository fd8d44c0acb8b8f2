"""Pages of a search. A `search_id` says where the next page begins and which search it is of."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from stagedoor.platform.products.commercial import DEFAULT_COUNT, AdQuery, ContentQuery

from ..calls import Call, Refusal


class _Dated(Protocol):
    @property
    def id(self) -> str: ...


D = TypeVar("D", bound=_Dated)


def page(
    call: Call, request: AdQuery | ContentQuery, found: Sequence[tuple[float, D]]
) -> tuple[list[D], dict[str, Any]]:
    """The page that is asked for of all that was `found` with its moment, and its tail."""
    search = _name(request)
    ordered = sorted(found, key=lambda pair: (-pair[0], pair[1].id))
    if request.search_id:
        last = _read(request.search_id, search)
        ordered = [pair for pair in ordered if [-pair[0], pair[1].id] > last]
    wanted = request.max_count or DEFAULT_COUNT
    shown, more = ordered[:wanted], len(ordered) > wanted
    tail: dict[str, Any] = {"has_more": _said(call, more)}
    if shown:
        moment, item = shown[-1]
        tail["search_id"] = _written(search, [-moment, item.id])
    return [item for _, item in shown], tail


def _said(call: Call, more: bool) -> bool | str:
    if call.world.settings.commercial_has_more == "text":
        return "true" if more else "false"
    return more


def _name(request: AdQuery | ContentQuery) -> str:
    """What tells one search from another: all of it but the place of the page."""
    asked = request.model_dump(mode="json", exclude={"search_id", "max_count", "fields"})
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


def _written(search: str, last: list[Any]) -> str:
    text = json.dumps([search, *last], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(search_id: str, search: str) -> list[Any]:
    """The last item of the page before; a search_id of another search is refused.

    What TikTok does with one is unknown (`commercial.yaml`, conventions.search_id).
    """
    try:
        padded = search_id + "=" * (-len(search_id) % 4)
        name, moment, item = json.loads(urlsafe_b64decode(padded))
        if name == search:
            return [float(moment), str(item)]
    except (ValueError, TypeError):
        pass
    raise Refusal("invalid_params", "search_id: doesn't belong to this search")
