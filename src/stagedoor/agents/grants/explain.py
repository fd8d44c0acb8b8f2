"""Explains in words why no grant allows a call. Cedar has decided before; this only explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stagedoor.platform.currencies import written
from stagedoor.platform.operation import Operation, OperationEffect

from .. import vocabulary
from ..quoting import token
from .grant import Grant, Level, cents

UNKNOWN_CURRENCY = (
    "The currency of the ad account isn't known, so its budgets can't be judged: try again later."
)
"""The reason of a denial that may not last."""


def relevant(
    grants: Sequence[Grant], operation: Operation[..., Any], account: str | None
) -> list[Grant]:
    """Return the grants for this resource and account: the account's own, or the general ones."""
    about = [grant for grant in grants if grant.resource is operation.resource]
    own = [grant for grant in about if account is not None and grant.integration_id == account]
    return own or [grant for grant in about if grant.integration_id is None]


def covers(grant: Grant, operation: Operation[..., Any]) -> bool:
    """Whether level and actions allow the operation, conditions aside."""
    if grant.actions is not None and vocabulary.slug(operation.action) not in grant.actions:
        return False
    if operation.effect is OperationEffect.READ:
        return grant.level is not Level.OFF
    return grant.level is Level.FULL


def never(grant: Grant, operation: Operation[..., Any]) -> bool:
    """Whether the conditions allow no call of this operation, with any arguments."""
    given = grant.conditions
    if not operation.begins_post:
        return False
    if given.posts_per_day == 0:
        return True
    return vocabulary.posts_directly(operation) and (
        given.drafts_only or given.privacy_levels == ()
    )


def reason(
    grants: Sequence[Grant],
    operation: Operation[..., Any],
    account: str | None,
    context: Mapping[str, Any],
) -> str:
    """Return why these grants don't allow the call."""
    found = relevant(grants, operation, account)
    covering = [grant for grant in found if covers(grant, operation)]
    for grant in covering:
        if (words := unmet(grant, context)) is not None:
            return words
    if any(grant.level is Level.READ and grant.actions is None for grant in found):
        title = vocabulary.TITLES[operation.resource]
        return f"{operation.action} is off for this agent: of {title} it may only read."
    return f"{operation.action} is off for this agent."


def unmet(grant: Grant, context: Mapping[str, Any]) -> str | None:
    """Return the first condition that doesn't hold; None if all do."""
    given = grant.conditions
    posts = "draft" in context
    if grant.ends is not None and context["at"] >= int(grant.ends):
        return f"The grant has expired: it ended {grant.expires_at:%Y-%m-%d %H:%M %Z}."
    if given.drafts_only and posts and not context["draft"]:
        return "This agent may only leave drafts."
    if (
        given.privacy_levels is not None
        and "privacy" in context
        and context["privacy"] not in given.privacy_levels
    ):
        allowed = " or ".join(given.privacy_levels) or "none"
        return f"The privacy level must be {allowed}, not {_level(context)}."
    if given.hours is not None:
        begin, end = given.hours.minutes
        after, before = context["minute"] >= begin, context["minute"] < end
        if not (after and before if begin <= end else after or before):
            return f"This agent may act from {given.hours.begin} to {given.hours.end} UTC only."
    if given.hashtags is not None:
        for one in context["hashtags"]:
            if one not in given.hashtags:
                return f"The hashtag #{one} isn't among those that this agent may use."
    if given.fields is not None:
        for one in context["fields"]:
            if one not in given.fields:
                return f"The field {token(one)} isn't among those that this agent may read."
    if given.posts_per_day is not None and posts and context["postsToday"] >= given.posts_per_day:
        return f"The {given.posts_per_day} posts of this day are used up; 00:00 UTC brings more."
    if "budget" in context:
        return _money(grant, context)
    return None


def _level(context: Mapping[str, Any]) -> str:
    return token(str(context["privacy"])) if context["privacy"] else "left out"


def _money(grant: Grant, context: Mapping[str, Any]) -> str | None:
    given = grant.conditions
    if not grant.limits_money:
        return None
    most, daily, total = given.budget_per_day, given.spend_per_day, given.spend_total
    budget, currency = context["budget"], context.get("currency")
    if currency is None:
        return UNKNOWN_CURRENCY
    if given.currency is not None and currency != given.currency:
        return (
            f"The ad account is in {currency}, and this agent may set budgets in {given.currency}."
        )
    if most is not None and budget > cents(most):
        return f"The budget is above the {written(most)} {currency} that this agent may set."
    if daily is not None and context["spentToday"] + budget > cents(daily):
        return (
            f"With this call more than {written(daily)} {currency} would be committed on this day."
        )
    if total is not None and context.get("spentTotal", 0) + budget > cents(total):
        return (
            f"With this call more than {written(total)} {currency} would be committed altogether."
        )
    return None
