"""Grants and their tokens."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.scopes import Scope

from ...world import App, Creator, World
from .state import (
    ACCESS_TOKENS,
    GRANTS,
    LIVING_GRANTS,
    REFRESH_TOKENS,
    TOKENS_OF_GRANT,
    AccessToken,
    CreatorGrant,
    RefreshToken,
)

_ORDER = {str(scope): place for place, scope in enumerate(Scope)}


def live(world: World, value: str, now: float) -> AccessToken | None:
    """The access token; None if it is unknown, expired or revoked, or if its grant ended."""
    token = world[ACCESS_TOKENS].get(value)
    if token is None or token.revoked or token.expires <= now:
        return None
    if token.grant_id is not None and world[GRANTS][token.grant_id].ended is not None:
        return None
    return token


def live_grant(world: World, app: App, creator: Creator) -> CreatorGrant | None:
    """The creator's present grant to the app, or None."""
    living = world[GRANTS].by(LIVING_GRANTS, (app.client_key, creator.id))
    return living[0] if living else None


def allow(world: World, app: App, creator: Creator, scopes: frozenset[str]) -> CreatorGrant:
    """The grant after a consent: an existing grant is continued with the scopes granted now."""
    grant = live_grant(world, app, creator)
    if grant is not None:
        grant.scopes = scopes
        grant.spent -= scopes
        return grant
    now = world.now()
    grant = CreatorGrant(
        id=world.ids.number(now),
        client_key=app.client_key,
        creator_id=creator.id,
        open_id=open_id(world, app, creator),
        scopes=scopes,
        created=now,
    )
    world[GRANTS].add(grant)
    return grant


def open_id(world: World, app: App, creator: Creator) -> str:
    """The creator's id for the app, in the form of the app's API."""
    made = world.ids.business_id if app.business else world.ids.open_id
    return made(app.client_key, creator.id)


def access(world: World, grant: CreatorGrant) -> AccessToken:
    """Issue an access token; earlier ones stay valid until they expire."""
    token = AccessToken(
        value=world.ids.access_token(),
        expires=world.now() + world.settings.access_token_seconds,
        grant_id=grant.id,
        client_key=grant.client_key,
        scopes=grant.scopes,
    )
    world[ACCESS_TOKENS].add(token)
    return token


def refresh(world: World, grant: CreatorGrant, expires: float | None = None) -> RefreshToken:
    """Issue a refresh token that expires at `expires`, or after its full lifetime."""
    life = world.settings.refresh_token_seconds
    token = RefreshToken(
        value=world.ids.refresh_token(),
        grant_id=grant.id,
        expires=world.now() + life if expires is None else expires,
    )
    world[REFRESH_TOKENS].add(token)
    return token


def rotate(world: World, old: RefreshToken) -> RefreshToken:
    """The refresh token to use from now on; the old one expires after the grace period."""
    settings = world.settings
    if not settings.refresh_rotates:
        return old
    grant = world[GRANTS][old.grant_id]
    if old.dead_from is None:
        old.dead_from = world.now() + settings.refresh_grace_seconds
    return refresh(world, grant, None if settings.refresh_expiry_restarts else old.expires)


def own(world: World, app: App) -> AccessToken:
    """Issue the app's own token, for research."""
    token = AccessToken(
        value=world.ids.client_token(),
        expires=world.now() + world.settings.client_token_seconds,
        grant_id=None,
        client_key=app.client_key,
        scopes=frozenset(name for name in app.scopes if name.startswith("research.")),
    )
    world[ACCESS_TOKENS].add(token)
    return token


def spend(world: World, grant: CreatorGrant, scopes: frozenset[str]) -> None:
    """Remove consumed single-use scopes from the grant and from all its tokens."""
    grant.scopes -= scopes
    grant.spent |= scopes
    for token in world[ACCESS_TOKENS].by(TOKENS_OF_GRANT, grant.id):
        token.scopes -= scopes


def ordered(scopes: Iterable[str]) -> tuple[str, ...]:
    """Sort scopes in the order of TikTok's own list."""
    return tuple(sorted(scopes, key=lambda name: (_ORDER.get(name, len(_ORDER)), name)))
