"""Which scopes a login may ask for, and where the others are available."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stagedoor.platform.near_match import did_you_mean
from stagedoor.platform.permissions import ACCOUNT_BASICS, ACCOUNT_SCOPES
from stagedoor.platform.scopes import USER_SCOPES, Scope

from .accounts import CredentialKind

_BUSINESS = (
    "The TikTok API for Business gives it to TikTok business accounts: ask for it with "
    'get-auth-url and kind "businessAccount". Your app there needs it, too '
    "(business-api.tiktok.com)."
)
_PORTABILITY = (
    "TikTok's Data Portability API: apply for it in the developer portal, then list it among the "
    "app's scopes (PUT /api/apps/tiktok)."
)
_RESEARCH = "TikTok's Research Tools: the app itself gets it on application, no creator grants it."
_PORTAL = (
    "Add it to the app in TikTok's developer portal; once it is approved, list it among the app's "
    "scopes (PUT /api/apps/tiktok)."
)
_BUSINESS_PORTAL = (
    "Add it to the app at business-api.tiktok.com; once it is approved, list it in "
    "TIKTOK_BUSINESS_SCOPES, or among the scopes of your own app (PUT /api/apps/tiktok, kind "
    '"business").'
)
_KNOWN = tuple(dict.fromkeys([*map(str, Scope), *ACCOUNT_SCOPES]))


@dataclass(frozen=True, slots=True)
class UnavailableScope:
    """A scope that this login can't get: why, and where it is available."""

    scope: str
    reason: str
    where: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The scopes that a login asks for, and those that it can't."""

    requested: tuple[str, ...]
    unavailable: tuple[UnavailableScope, ...]


def unknown(
    wanted: Iterable[str] | None, approved: Iterable[str] | None, kind: CredentialKind
) -> list[tuple[int, str]]:
    """The places of scopes that TikTok's references don't list and the app doesn't have, each with
    a near match and the scopes that there are for this kind of login."""
    ours = (*(approved or ()),)
    there = tuple(
        dict.fromkeys(
            [*ours, *(ACCOUNT_SCOPES if kind is CredentialKind.ACCOUNT else map(str, USER_SCOPES))]
        )
    )
    return [
        (
            number,
            f"is no scope of TikTok's.{did_you_mean(scope, (*there, *_KNOWN))} "
            f"Use {', '.join(there)}",
        )
        for number, scope in enumerate(wanted or ())
        if scope not in _KNOWN and scope not in ours
    ]


def choose(wanted: Iterable[str] | None, approved: Iterable[str] | None) -> Choice:
    """Choose the scopes of a login. Only approved ones are asked for: a single other scope makes
    TikTok refuse the whole login.

    `approved` None: unknown, so the scopes that every Login Kit app may ask for. `wanted` None: all
    of them. An unknown scope (`unknown`) is refused before.
    """
    had = tuple(str(scope) for scope in (USER_SCOPES if approved is None else approved))
    asked = had if wanted is None else tuple(dict.fromkeys(wanted))
    return Choice(
        requested=tuple(scope for scope in asked if scope in had),
        unavailable=tuple(_unavailable(scope) for scope in asked if scope not in had),
    )


def choose_for_account(wanted: Iterable[str] | None, approved: Iterable[str] | None) -> Choice:
    """Choose the scopes of a business account's login, as `choose` does for a creator's.

    `approved` None: unknown, so `ACCOUNT_BASICS`.
    """
    had = ACCOUNT_BASICS if approved is None else tuple(approved)
    asked = had if wanted is None else tuple(dict.fromkeys(wanted))
    return Choice(
        requested=tuple(scope for scope in asked if scope in had),
        unavailable=tuple(_unavailable_to_account(scope) for scope in asked if scope not in had),
    )


def _unavailable_to_account(scope: str) -> UnavailableScope:
    if scope in ACCOUNT_SCOPES:
        return UnavailableScope(scope, "The app isn't known to have it approved.", _BUSINESS_PORTAL)
    return UnavailableScope(
        scope,
        "It isn't a scope of business accounts.",
        'Ask for it in a creator\'s login: get-auth-url with kind "creator".',
    )


def _unavailable(scope: str) -> UnavailableScope:
    if scope in ACCOUNT_SCOPES and scope not in map(str, USER_SCOPES):
        return UnavailableScope(scope, "It isn't a scope of Login Kit.", _BUSINESS)
    if scope.startswith("portability."):
        return UnavailableScope(scope, "The app isn't known to have it approved.", _PORTABILITY)
    if scope.startswith("research."):
        return UnavailableScope(scope, "It isn't a scope that a creator grants.", _RESEARCH)
    return UnavailableScope(scope, "The app isn't known to have it approved.", _PORTAL)
