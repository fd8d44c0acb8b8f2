"""The attackers: agents of two organisations, and the permissions of each, in plain Python.

The judge goes by `Actor.may`, which knows nothing of Cedar or of the gateway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stagedoor.platform.operation import Operation, OperationEffect, Resource

ACME, GLOBEX = "acme", "globex"
APPS = {ACME: "house-key", GLOBEX: "globe-key"}
SECRETS = {ACME: "house-secret-4711", GLOBEX: "globe-secret-0815"}
MINE, OTHER, THEIRS = "maracooks", "ridewithrio", "jonas.behind.doors"
"""Accounts: the first two are of acme, the third is of globex."""
HOMES = {ACME: (MINE, OTHER), GLOBEX: (THEIRS,)}
GIVEN = (
    Resource.PROFILE,
    Resource.VIDEOS,
    Resource.POSTING,
    Resource.RESEARCH,
    Resource.COMMERCIAL,
    Resource.PORTABILITY,
    Resource.COMMENTS,
    Resource.ADS,
    Resource.AUDIENCES,
)
BUSINESS_APP = "7000000000000000001"
"""The service's own app of TikTok API for Business. Acme's first account has a credential of each
kind by it; the other organisation has none."""
KEPT_FROM = {"reader": "title", "narrow": "display_name", "eavesdropper": "open_id"}
"""A field that the agent may not read; the name of an attack says which agent it concerns."""


@dataclass(frozen=True, slots=True)
class Right:
    """A level on a resource, on one account or on every one of the organisation."""

    resource: Resource
    level: str
    account: str | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)
    ask: bool = False

    def covers(self, operation: Operation[..., Any], account: str | None) -> bool:
        if operation.resource is not self.resource or self.ask:
            return False
        if self.account is not None and account != self.account:
            return False
        return self.level == "full" or operation.effect is OperationEffect.READ


@dataclass(frozen=True, slots=True)
class Actor:
    """An agent and its grants. `ended`: why it may do nothing any more."""

    name: str
    rights: tuple[Right, ...] = ()
    org: str = ACME
    ended: str | None = None

    def may(self, operation: Operation[..., Any], account: str | None) -> bool:
        """Whether its grants allow it, on an account by its handle; conditions aside."""
        if self.ended is not None or (account is not None and account not in HOMES[self.org]):
            return False
        return any(right.covers(operation, account) for right in self.rights)


def everything(account: str | None = None, ask: bool = False) -> tuple[Right, ...]:
    return tuple(
        Right(one, "full", account if _of_accounts(one) else None, ask=ask) for one in GIVEN
    )


def _of_accounts(resource: Resource) -> bool:
    return resource not in (Resource.RESEARCH, Resource.COMMERCIAL)


QUIET = {"privacyLevels": ["SELF_ONLY"], "hashtags": ["drop"]}

ACTORS = {
    one.name: one
    for one in (
        Actor("whole", everything()),
        Actor(
            "reader",
            (
                Right(Resource.PROFILE, "read", MINE),
                Right(Resource.VIDEOS, "read", MINE, {"fields": ["id", "create_time"]}),
            ),
        ),
        Actor("narrow", (Right(Resource.PROFILE, "read", MINE, {"fields": ["open_id"]}),)),
        Actor("watcher", (Right(Resource.VIDEOS, "read"),)),
        Actor("poster", (Right(Resource.POSTING, "full", MINE, QUIET),)),
        Actor("drafter", (Right(Resource.POSTING, "full", MINE, {"draftsOnly": True}),)),
        Actor("asker", everything(MINE, ask=True)),
        Actor(
            "raced",
            (Right(Resource.PROFILE, "read", MINE), Right(Resource.POSTING, "full", MINE)),
        ),
        Actor("nobody"),
        Actor("tried"),
        Actor("over", everything(), ended="its key has ended"),
        Actor("halted", everything(), ended="it was stopped"),
        Actor("gone", everything(), ended="it was deleted"),
        Actor("rival", everything(), org=GLOBEX),
    )
}
