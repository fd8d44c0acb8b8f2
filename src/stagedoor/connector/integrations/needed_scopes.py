"""The scopes that a call needs, against those that were granted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from stagedoor.platform.operation import AnyOf, ByField, ByValues, Operation


def lacking(
    operation: Operation[..., Any], values: Mapping[str, Any], had: Collection[str]
) -> tuple[str, ...] | None:
    """The scopes of which the call needs one and has none; None: it may be made.

    `values` are the fields of the request.
    """
    scopes = operation.scopes
    if isinstance(scopes, AnyOf):
        if scopes.names and not set(had).intersection(scopes.names):
            return _texts(scopes.names)
    elif isinstance(scopes, ByField):
        for name in values.get("fields") or ():
            needed = scopes.field_scopes.get(name)
            if needed is not None and needed not in had:
                return _texts((needed,))
    elif isinstance(scopes, ByValues):
        for value in scopes.counted(values.get(scopes.field, ())):
            enough = scopes.scopes.get(value, ())
            if enough and not set(had).intersection(enough):
                return _texts(enough)
    else:
        needed = scopes.scopes.get(str(values.get(scopes.field)))
        if needed is not None and needed not in had:
            return _texts((needed,))
    return None


def _texts(names: Collection[Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)
