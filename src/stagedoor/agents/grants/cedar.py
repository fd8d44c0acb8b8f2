"""Translates toggles into Cedar policies. A grant is a `permit`; all other calls are denied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stagedoor.platform.operation import Resource

from . import words
from .grant import Grant, Level, cents
from .schema import group


def text_of(grants: Sequence[Grant]) -> str:
    """Return the policies of an agent as text."""
    named = _named(grants)
    taken: dict[str, int] = {}
    policies = []
    for grant in grants:
        if grant.level is not Level.OFF:
            policies.append(_permit(grant, _rule(grant, taken), named[grant.resource]))
    return "\n".join(policies)


def _named(grants: Sequence[Grant]) -> dict[Resource, list[str]]:
    """Return the accounts with grants of their own, which the general ones exclude, by resource."""
    found: dict[Resource, list[str]] = {grant.resource: [] for grant in grants}
    for grant in grants:
        account = grant.integration_id
        if account is not None and account not in found[grant.resource]:
            found[grant.resource].append(account)
    return found


def _rule(grant: Grant, taken: dict[str, int]) -> str:
    """Return a rule name for the audit, such as `posting.full`."""
    name = group(grant.resource, grant.level)
    if grant.integration_id is not None:
        name += f"@{grant.integration_id}"
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}#{taken[name]}"


def _permit(grant: Grant, rule: str, named: Sequence[str]) -> str:
    level = f"Action::{quoted(group(grant.resource, grant.level))}"
    action = f"action in {level}"
    clauses: list[str] = []
    if grant.actions is not None:
        chosen = ", ".join(f"Action::{quoted(one)}" for one in grant.actions)
        action, clauses = f"action in [{chosen}]", [f"when {{ action in {level} }}"]
    resource = "resource"
    if grant.integration_id is not None:
        resource = f"resource == Account::{quoted(grant.integration_id)}"
    lines = [f"@id({quoted(rule)})"]
    if grant.ask_first:
        lines.append('@ask("first")')
    lines.append(f"permit (principal, {action}, {resource})")
    clauses += _conditions(grant)
    lines += clauses
    if grant.integration_id is None and named:
        own = ", ".join(f"Account::{quoted(one)}" for one in named)
        lines.append(f"unless {{ [{own}].contains(resource) }}")
    return f"// {_comment(words.of(grant))}\n" + "\n".join(lines) + ";\n"


def _conditions(grant: Grant) -> Iterator[str]:
    given = grant.conditions
    if grant.ends is not None:
        yield f"when {{ context.at < {int(grant.ends)} }}"
    if given.privacy_levels is not None:
        known = f"{_set(given.privacy_levels)}.contains(context.privacy)"
        yield f"unless {{ context has privacy && !{known} }}"
    if given.drafts_only:
        yield "unless { context has draft && !context.draft }"
    if given.hours is not None:
        begin, end = given.hours.minutes
        joined = "&&" if begin <= end else "||"
        yield f"when {{ context.minute >= {begin} {joined} context.minute < {end} }}"
    if given.hashtags is not None:
        yield f"when {{ {_set(given.hashtags)}.containsAll(context.hashtags) }}"
    if given.fields is not None:
        yield f"when {{ {_set(given.fields)}.containsAll(context.fields) }}"
    if given.posts_per_day is not None:
        yield f"unless {{ context has draft && context.postsToday >= {given.posts_per_day} }}"
    if grant.limits_money:
        known = "context has currency"
        if given.currency is not None:
            known += f" && context.currency == {quoted(given.currency)}"
        yield f"unless {{ context has budget && !({known}) }}"
    if given.budget_per_day is not None:
        yield f"unless {{ context has budget && context.budget > {cents(given.budget_per_day)} }}"
    if given.spend_per_day is not None:
        after = f"context.spentToday + context.budget > {cents(given.spend_per_day)}"
        yield f"unless {{ context has budget && {after} }}"
    if given.spend_total is not None:
        # `has` for calls that were recorded before there was a total
        after = f"context.spentTotal + context.budget > {cents(given.spend_total)}"
        yield f"unless {{ context has budget && context has spentTotal && {after} }}"


def _set(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(quoted, values)) + "]"


def quoted(text: str) -> str:
    """Return a Cedar string literal; every character that could end it or hide in it is escaped."""
    plain = (ch if ch.isalnum() or ch in " _-.:,@#/" else f"\\u{{{ord(ch):x}}}" for ch in text)
    return '"' + "".join(plain) + '"'


def _comment(text: str) -> str:
    """Return the text on one line: characters that aren't printable become spaces."""
    return "".join(ch if ch.isprintable() else " " for ch in text)
