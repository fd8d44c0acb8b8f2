"""The Cedar schema, which says what a policy can name. Generated from the declarations, once."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from stagedoor.platform.operation import OperationEffect

from .. import vocabulary

if TYPE_CHECKING:
    import cedarpy

_TYPES = """\
entity Agent;
entity Account;

type Call = {
  // Unix seconds, the minute of the day and the day of the week (1 is Monday), all in UTC
  "at": Long,
  "minute": Long,
  "weekday": Long,
  // the fields that the call names, where it can name any
  "fields": Set<String>,
  // without the sign, in lower case
  "hashtags": Set<String>,
  // of what makes a post: whether it is a draft; of a direct post: who may see it
  "draft"?: Bool,
  "privacy"?: String,
  // of what sets a budget: all budgets and bids of the call, in hundredths; the currency of the ad
  // account as ISO 4217, unless nobody knows it; what this agent has committed on this account in
  // this currency, since it was made, without this call
  "budget"?: Long,
  "currency"?: String,
  "spentTotal"?: Long,
  // of this agent on this account since 00:00 UTC, without this call; money of a call that sets a
  // budget, in its currency, otherwise 0
  "postsToday": Long,
  "spentToday": Long,
};
"""


def group(resource: str, level: str) -> str:
    """Return the name of the action group that a level allows."""
    return f"{resource}.{level}"


@cache
def text() -> str:
    """Return the schema in Cedar's syntax."""
    lines = [_TYPES]
    for resource, known in vocabulary.actions().items():
        read, full = group(resource, "read"), group(resource, "full")
        lines.append(f"action {_name(full)};\naction {_name(read)} in [{_name(full)}];")
        lines += [f"action {_name(one)}; // {words}" for one, words in known.items()]
    for name, operation in vocabulary.operations().items():
        level = "read" if operation.effect is OperationEffect.READ else "full"
        groups = group(operation.resource, level), vocabulary.slug(operation.action)
        inside = ", ".join(map(_name, groups))
        lines.append(
            f"// {operation.summary}\naction {_name(name)} in [{inside}] appliesTo "
            "{ principal: [Agent], resource: [Account], context: Call };"
        )
    return "\n".join(lines) + "\n"


@cache
def parsed() -> cedarpy.Schema:
    import cedarpy

    return cedarpy.Schema.from_str(text())


@cache
def entities() -> cedarpy.Entities:
    """Return the membership of actions in groups."""
    import cedarpy

    return cedarpy.Entities.from_json_str("[]", parsed())


def _name(text: str) -> str:
    return json.dumps(text)
