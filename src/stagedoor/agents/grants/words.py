"""Grants in plain English."""

from __future__ import annotations

from collections.abc import Callable

from stagedoor.platform.currencies import written

from .. import vocabulary
from .grant import Conditions, Grant, Level

_LEVELS = {Level.OFF: "Nothing of", Level.READ: "Read", Level.FULL: "Everything of"}


def of(grant: Grant, account: Callable[[str], str] = str) -> str:
    """Return a phrase such as "Everything of Posting on @demo: drafts only; asks first"."""
    title = vocabulary.TITLES[grant.resource]
    if grant.actions is not None:
        known = vocabulary.actions()[grant.resource]
        title += " (" + ", ".join(known[one] for one in grant.actions) + ")"
    where = "all accounts" if grant.integration_id is None else account(grant.integration_id)
    more = list(conditions(grant.conditions))
    if grant.ask_first:
        more.append("asks first")
    if grant.expires_at is not None:
        more.append(f"until {grant.expires_at:%Y-%m-%d %H:%M %Z}")
    tail = f": {'; '.join(more)}" if more else ""
    return f"{_LEVELS[grant.level]} {title} on {where}{tail}"


def conditions(given: Conditions) -> list[str]:
    said = []
    unit = "" if given.currency is None else f" {given.currency}"
    if given.privacy_levels is not None:
        said.append("privacy " + (" or ".join(given.privacy_levels) or "none"))
    if given.drafts_only:
        said.append("drafts only")
    if given.hours is not None:
        said.append(f"from {given.hours.begin} to {given.hours.end} UTC")
    if given.hashtags is not None:
        said.append("only the hashtags " + (" ".join(f"#{one}" for one in given.hashtags) or "-"))
    if given.posts_per_day is not None:
        said.append(f"at most {given.posts_per_day} posts a day")
    if given.budget_per_day is not None:
        said.append(f"budgets of at most {written(given.budget_per_day)}{unit}")
    if given.spend_per_day is not None:
        said.append(f"at most {written(given.spend_per_day)}{unit} spent a day")
    if given.spend_total is not None:
        said.append(f"at most {written(given.spend_total)}{unit} spent altogether")
    if given.currency is not None:
        said.append(f"only ad accounts in {given.currency}")
    if given.fields is not None:
        said.append("only the fields " + (", ".join(given.fields) or "-"))
    return said
