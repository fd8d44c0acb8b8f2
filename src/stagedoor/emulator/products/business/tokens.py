"""Issues and revokes advertisers' codes and tokens."""

from __future__ import annotations

from collections.abc import Iterable

from ...world import App, World
from .state import (
    AD_ACCOUNTS,
    ADVERTISER_TOKENS,
    MEMBERSHIPS,
    MEMBERSHIPS_OF_PERSON,
    PORTAL_CODES,
    AdvertiserToken,
    BusinessPerson,
    PortalCode,
)

CODE_SECONDS = 3_600


def issue_code(
    world: World, app: App, person: BusinessPerson, advertiser_ids: Iterable[str]
) -> PortalCode:
    """Issue the code of an authorisation on the portal page."""
    code = PortalCode(
        value=world.ids.hexadecimal(40),
        app_id=app.client_key,
        person_id=person.id,
        advertiser_ids=tuple(advertiser_ids),
        expires=world.now() + CODE_SECONDS,
    )
    world[PORTAL_CODES].add(code)
    return code


def issue_token(
    world: World, app: App, person_id: str, advertiser_ids: Iterable[str]
) -> AdvertiserToken:
    """Issue a token with the app's permissions. Earlier tokens of the person stay valid."""
    reached = tuple(advertiser_ids)
    token = AdvertiserToken(
        value=world.ids.hexadecimal(40),
        app_id=app.client_key,
        person_id=person_id,
        advertiser_ids=reached,
        permissions=tuple(app.permissions),
        created=world.now(),
        sandbox=bool(reached) and all(world[AD_ACCOUNTS][one].sandbox for one in reached),
    )
    world[ADVERTISER_TOKENS].add(token)
    return token


def advertisers_of(world: World, person_id: str) -> tuple[str, ...]:
    """The ids of the ad accounts on which the person has a role."""
    found = world[MEMBERSHIPS].by(MEMBERSHIPS_OF_PERSON, person_id)
    return tuple(one.advertiser_id for one in found)
