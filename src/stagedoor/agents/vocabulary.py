"""Everything that can be granted, in words for people, from the declarations."""

from __future__ import annotations

from functools import cache
from typing import Any

from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.platform import catalogue
from stagedoor.platform.operation import GIVEN, AnyOf, Operation, Resource, Subject, Surface
from stagedoor.platform.scopes import Scope

TITLES = {
    Resource.PROFILE: "Profile and stats",
    Resource.VIDEOS: "Own videos",
    Resource.POSTING: "Posting",
    Resource.COMMENTS: "Comments",
    Resource.ADS: "Ads",
    Resource.AUDIENCES: "Audiences",
    Resource.RESEARCH: "Research data",
    Resource.COMMERCIAL: "Commercial content",
    Resource.PORTABILITY: "Copies of people's data",
}
"""Every resource that can be granted. AUTHORIZATION can't: tokens never leave the client."""

EVERYWHERE = "organisation"
"""Stands for the account in calls that need none."""


_GRANTABLE = GIVEN - {Surface.CLIENT}


@cache
def operations() -> dict[str, Operation[..., Any]]:
    """Return the operations that an agent can be given, by id."""
    return {
        name: one
        for name, one in catalogue.operations().items()
        if one.resource in TITLES and not one.surfaces.isdisjoint(_GRANTABLE)
    }


def needs_account(operation: Operation[..., Any]) -> bool:
    """Whether a connected account makes the call."""
    return operation.subject.is_account


_CREDENTIALS = {
    Subject.CREATOR: CredentialKind.CREATOR,
    Subject.ADVERTISER: CredentialKind.ADS,
    Subject.ACCOUNT_HOLDER: CredentialKind.ACCOUNT,
}


def credential(operation: Operation[..., Any]) -> CredentialKind | None:
    """Return the kind of the account's credential that makes the call; None: no account does."""
    return _CREDENTIALS.get(operation.subject)


def slug(action: str) -> str:
    """Return an action as an id: `Post to profile` as `post-to-profile`."""
    words = "".join(ch if ch.isalnum() else " " for ch in action.replace("'", "").lower())
    return "-".join(words.split())


@cache
def actions() -> dict[Resource, dict[str, str]]:
    """Return the actions of each resource: phrases by id."""
    found: dict[Resource, dict[str, str]] = {resource: {} for resource in TITLES}
    for one in operations().values():
        found[one.resource][slug(one.action)] = one.action
    return found


def posts_directly(operation: Operation[..., Any]) -> bool:
    """Whether the operation can only publish: no argument makes a draft of the post."""
    scopes = operation.scopes
    return (
        operation.begins_post
        and isinstance(scopes, AnyOf)
        and Scope.VIDEO_UPLOAD not in scopes.names
    )


@cache
def takes_account(resource: Resource) -> bool:
    """Whether any operation of a resource needs an account; true if it has no operations."""
    listed = [one for one in operations().values() if one.resource is resource]
    return not listed or any(map(needs_account, listed))
