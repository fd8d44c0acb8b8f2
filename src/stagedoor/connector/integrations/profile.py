"""A connected account's name and avatar, kept fresh before the avatar's link expires."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection

from stagedoor.client import TikTok, TikTokBusiness
from stagedoor.platform.products.business_accounts.fields import PROFILE_FIELDS
from stagedoor.platform.products.display import BASIC_USER_FIELDS, User
from stagedoor.platform.scopes import Scope, implied

from . import store

_EARLY_SECONDS = 3_600.0
_SOONEST_SECONDS = 1_800.0
_LATEST_SECONDS = 86_400.0
_ACCOUNT = ("username", "display_name", "profile_image")
_BASIC = tuple(name for name in BASIC_USER_FIELDS if name != "union_id")


@dataclass(frozen=True, slots=True)
class ConnectedProfile:
    username: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None


def read(tiktok: TikTok, granted: tuple[str, ...]) -> ConnectedProfile:
    """The profile fields that the granted scopes allow; raises the client's errors."""
    had = implied(frozenset(granted))
    if Scope.USER_INFO_BASIC in had:
        more = ("username",) if Scope.USER_INFO_PROFILE in had else ()
        user: User = tiktok.user.info(fields=(*_BASIC, *more)).user
        return ConnectedProfile(user.username, user.display_name, user.avatar_url)
    if had & {Scope.VIDEO_PUBLISH, Scope.VIDEO_UPLOAD}:
        creator = tiktok.posts.creator_info()
        return ConnectedProfile(
            creator.creator_username, creator.creator_nickname, creator.creator_avatar_url
        )
    return ConnectedProfile()


def read_account(business: TikTokBusiness, granted: tuple[str, ...]) -> ConnectedProfile:
    """The profile fields of a business account that the granted scopes allow."""
    fields = [name for name in _ACCOUNT if PROFILE_FIELDS[name] in granted]
    if not fields:
        return ConnectedProfile()
    account = business.accounts.info(fields=tuple(fields))
    return ConnectedProfile(account.username, account.display_name, account.profile_image)


def read_person(business: TikTokBusiness) -> tuple[str, ConnectedProfile]:
    """The id of the person who let the app use ad accounts, and the person's name."""
    person = business.advertisers.user()
    return person.core_user_id, ConnectedProfile(None, person.display_name, person.avatar_url)


def keep(connection: Connection, grant_id: str, seen: ConnectedProfile) -> None:
    """Store the fields that TikTok gave."""
    values = {name: value for name, value in asdict(seen).items() if value is not None}
    if values:
        store.change_grant(connection, grant_id, **values)


def read_again_at(profile: ConnectedProfile, now: float) -> float:
    """When to read the profile again: an hour before the avatar's link expires, within a day."""
    expires, latest = link_expiry(profile.avatar_url), now + _LATEST_SECONDS
    if expires is None:
        return latest
    return min(latest, max(now + _SOONEST_SECONDS, expires - _EARLY_SECONDS))


def link_expiry(url: str | None) -> float | None:
    """When a link to a picture expires, in Unix seconds; None if it doesn't say."""
    query = parse_qs(urlsplit(url or "").query)
    stamp = (query.get("x-expires") or [""])[0]
    fine = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return float(stamp) if fine else None
