"""The initial entities: a business app, a person, and two ad accounts. Their ids are fixed."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice

from stagedoor.platform.permissions import ACCOUNT_SCOPES, ROOTS
from stagedoor.platform.vocabulary import BusinessCategory

from ...world import App, World
from .state import (
    AD_ACCOUNTS,
    BUSINESS_CENTERS,
    BUSINESS_PEOPLE,
    CENTER_MEMBERS,
    MEMBERSHIPS,
    AdAccount,
    BusinessCenter,
    BusinessPerson,
    CenterMember,
    Membership,
)

APP_ID = "7000000000000000001"
APP_SECRET = "emulator-business-secret"
PERSON_ID = "7200000000000000001"
BUSINESS_CENTER_ID = "7300000000000000001"
ADVERTISER_IDS = ("7100000000000000001", "7100000000000000002")

_DAY = 86_400


def seed(world: World) -> None:
    """Add the ready-made business app, and a person with two ad accounts."""
    now = world.now()
    world.apps.add(
        App(
            client_key=APP_ID,
            client_secret=APP_SECRET,
            name="Ready Business App",
            developer_id=next(iter(world.developers), ""),
            scopes=list(ACCOUNT_SCOPES),
            any_redirect=True,
            any_url=True,
            business=True,
            permissions=list(ROOTS),
        )
    )
    owner = next(iter(world.creators.values()))
    owner.business, owner.category = True, BusinessCategory.FOOD_AND_BEVERAGE
    world[BUSINESS_CENTERS].add(
        BusinessCenter(
            BUSINESS_CENTER_ID,
            "Mara Media",
            "USD",
            "America/New_York",
            now - 390 * _DAY,
            creator_ids=tuple(islice(world.creators, 1)),
        )
    )
    world[CENTER_MEMBERS].add(CenterMember(PERSON_ID, BUSINESS_CENTER_ID))
    world[BUSINESS_PEOPLE].add(
        BusinessPerson(PERSON_ID, "Mara Lindqvist", "mara@example.com", now - 400 * _DAY)
    )
    for account in (
        AdAccount(
            id=ADVERTISER_IDS[0],
            name="Mara's Kitchen",
            currency="USD",
            timezone="America/New_York",
            created=now - 380 * _DAY,
            balance=Decimal("5000.00"),
            company="Mara's Kitchen LLC",
            business_center_id=BUSINESS_CENTER_ID,
        ),
        AdAccount(
            id=ADVERTISER_IDS[1],
            name="Mara Cooks Europe",
            currency="EUR",
            timezone="Europe/Berlin",
            created=now - 200 * _DAY,
            balance=Decimal("250.50"),
            country="DE",
            language="de",
            company="Mara Kocht GmbH",
        ),
    ):
        world[AD_ACCOUNTS].add(account)
        world[MEMBERSHIPS].add(Membership(PERSON_ID, account.id))
