"""The properties of a call on which a decision depends, read from its operation and arguments,
never from claims of the agent.

The arguments are parsed by the operation's declaration, so the decision is about the request that
would be sent, including defaults.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from stagedoor.platform.encodable import first_problem
from stagedoor.platform.marks import BUDGET, HASHED, PRIVACY, PUBLISHED_TEXT, marked
from stagedoor.platform.model import problems_of, validated
from stagedoor.platform.operation import AnyOf, ByValue, Operation, OperationEffect
from stagedoor.platform.products import embed
from stagedoor.platform.scopes import Scope

from ..grants.hashtags import found_in

_CENTS = 100
_HASH = rb"(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{32})?"
_HASHES = re.compile(_HASH + rb"(?:[,;\t]" + _HASH + rb")*")
_COLUMN = rb"(?:EMAIL|PHONE|MAID|IDFA|GAID)_(?:SHA256|MD5)"
_HEADER = re.compile(_COLUMN + rb"(?:," + _COLUMN + rb")*", re.IGNORECASE)


class BadArguments(Exception):
    """The arguments don't fit the operation; the message names the place."""


class Unread(dict[str, Any]):
    """Stands for arguments that don't parse by the declaration; `why` names the place."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class NotRead(Unread):
    """Stands for arguments that weren't parsed, since the caller may make no call now."""

    def __init__(self) -> None:
        super().__init__("they weren't read")


@dataclass(frozen=True, slots=True)
class CallArguments:
    """The parts of a call that grants can limit."""

    request: BaseModel
    fields: tuple[str, ...]
    hashtags: tuple[str, ...]
    text: str
    draft: bool | None
    """None: the call makes no post."""
    privacy: str | None
    budget: int | None
    """In hundredths; None: the call sets no budget."""

    @property
    def uses_up(self) -> bool:
        """Whether the call counts against a limit of the day, or of all days."""
        return self.draft is not None or self.budget is not None

    def context(
        self,
        at: float,
        posts_today: int,
        spent_today: int = 0,
        spent_before: int = 0,
        currency: str | None = None,
    ) -> dict[str, Any]:
        """Return the context of the call for Cedar. The money is what other calls have committed,
        on this day and before it."""
        moment = datetime.fromtimestamp(at, UTC)
        told: dict[str, Any] = {
            "at": int(at),
            "minute": moment.hour * 60 + moment.minute,
            "weekday": moment.isoweekday(),
            "fields": list(self.fields),
            "hashtags": list(self.hashtags),
            "postsToday": posts_today,
            "spentToday": spent_today,
        }
        optional: dict[str, Any] = {
            "draft": self.draft,
            "privacy": self.privacy,
            "budget": self.budget,
        }
        if self.budget is not None:
            optional |= {"currency": currency, "spentTotal": spent_today + spent_before}
        return told | {name: value for name, value in optional.items() if value is not None}


def read_arguments(
    operation: Operation[..., Any], arguments: Mapping[str, Any] | BaseModel
) -> CallArguments:
    """Parse the arguments of a call. Raises `BadArguments`."""
    request = _request(operation, arguments)
    _check_use(operation, request)
    if operation.effect is OperationEffect.READ:
        # a read publishes no text and sets no privacy level and no budget
        return CallArguments(request, _fields(request), (), "", None, None, None)
    _check_hashed(request)
    texts = [str(value) for value in marked(request, PUBLISHED_TEXT)]
    text = "\n".join(texts)
    draft = _draft(operation, request)
    return CallArguments(
        request=request,
        fields=_fields(request),
        hashtags=found_in(text),
        text=next((" ".join(one.split()) for one in texts if one.strip()), ""),
        draft=draft,
        privacy=_privacy(request) if draft is False else None,
        budget=_budget(request),
    )


def _request(operation: Operation[..., Any], arguments: Mapping[str, Any] | BaseModel) -> BaseModel:
    model: Any = operation.request
    if isinstance(arguments, Unread):
        raise BadArguments(arguments.why)
    if isinstance(arguments, model):
        found: BaseModel = arguments
        return found
    if isinstance(arguments, BaseModel):
        raise BadArguments("They are of another operation.")
    problem = first_problem(dict(arguments))
    if problem is not None:
        raise BadArguments(": ".join(filter(None, problem)))
    try:
        found = validated(model, dict(arguments))
    except ValidationError as error:
        path, why = problems_of(error)[0]
        raise BadArguments(f"{path}: {why}" if path else why) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise BadArguments(str(error)) from None
    return found


def _check_use(operation: Operation[..., Any], request: BaseModel) -> None:
    """Check that the URL is of the operation's kind. Raises `BadArguments`."""
    if not isinstance(request, embed.OEmbedQuery) or operation.selector is None:
        return
    use = operation.selector[1]
    if embed.use_of(request.url) != use:
        raise BadArguments(f"url: is no address of a {use} at TikTok")


def _check_hashed(request: BaseModel) -> None:
    """Check that a file of people's identifiers has hashes alone. Raises `BadArguments`, which
    names the line and never its text: it may be somebody's address."""
    for value in marked(request, HASHED):
        for number, line in enumerate(bytes(value).splitlines(), 1):
            if number == 1 and _HEADER.fullmatch(line.strip()):
                continue  # the kinds of several columns
            if not _HASHES.fullmatch(line.strip()):
                raise BadArguments(
                    f"file: line {number} has an identifier that isn't hashed (SHA-256 or MD5 in "
                    "hex): agents send hashes only"
                )


def _draft(operation: Operation[..., Any], request: BaseModel) -> bool | None:
    """Whether the call makes a draft, for which TikTok requires the scope video.upload; None:
    the call makes no post."""
    if not operation.begins_post:
        return None
    scopes = operation.scopes
    if isinstance(scopes, ByValue):
        return scopes.scopes.get(getattr(request, scopes.field)) == Scope.VIDEO_UPLOAD
    return isinstance(scopes, AnyOf) and scopes.names == (Scope.VIDEO_UPLOAD,)


def _fields(request: BaseModel) -> tuple[str, ...]:
    found = getattr(request, "fields", None) or ()
    names = found.split(",") if isinstance(found, str) else found
    return tuple(str(name) for name in names)


def _privacy(request: BaseModel) -> str:
    """Return the privacy level; "", which no grant allows, if it is missing or ambiguous."""
    found = {str(value) for value in marked(request, PRIVACY)}
    return found.pop() if len(found) == 1 else ""


def _budget(request: BaseModel) -> int | None:
    """The sum of all budgets in the request, in hundredths, rounded up."""
    amounts = [_amount(value) for value in marked(request, BUDGET)]
    return math.ceil(sum(amounts) * _CENTS) if amounts else None


def _amount(value: Any) -> Decimal:
    """Return an amount of money. Raises `BadArguments` for other values, so that no unreadable
    budget is allowed."""
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        raise BadArguments("A budget is no number.") from None
    if not amount.is_finite() or amount < 0:
        raise BadArguments("A budget is no amount of money.")
    return amount
