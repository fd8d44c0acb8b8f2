"""Business users, their ad accounts, and advertisers' tokens."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import AdvertiserStatus

from ...world.collection import Entity, EntityCollection, Index


class AdRole(StrEnum):
    """The role of a person on an ad account."""

    ADMIN = "ADMIN"
    OPERATOR = "OPERATOR"
    ANALYST = "ANALYST"


@record
class BusinessPerson(Entity):
    """A person with a TikTok for Business account, who may authorise apps."""

    id: str
    name: str
    email: str
    created: float


@record
class AdAccount(Entity):
    """An ad account: an advertiser in TikTok API for Business."""

    id: str
    name: str
    currency: str
    timezone: str
    """An IANA name; the day of budgets and reports begins at its midnight."""
    created: float
    balance: Decimal = Decimal(0)
    status: AdvertiserStatus = AdvertiserStatus.ENABLE
    country: str = "US"
    language: str = "en"
    industry: str = "290905"
    company: str = ""
    rejection_reason: str = ""
    business_center_id: str = ""
    """The Business Center that owns the ad account; empty: none."""
    sandbox: bool = False


@record
class Membership(Entity):
    """A person's role on an ad account."""

    person_id: str
    advertiser_id: str
    role: AdRole = AdRole.ADMIN


@record
class AdvertiserToken(Entity):
    """The token of a person for an app. It doesn't expire."""

    value: str
    app_id: str
    person_id: str
    advertiser_ids: tuple[str, ...]
    permissions: tuple[str, ...]
    created: float
    revoked: bool = False
    sandbox: bool = False
    """The token reaches sandbox ad accounts only."""


@record
class PortalCode(Entity):
    """The code of the portal page, valid for one exchange."""

    value: str
    app_id: str
    person_id: str
    advertiser_ids: tuple[str, ...]
    expires: float
    used: bool = False


@record
class BusinessCenter(Entity):
    """A Business Center: it owns ad accounts and TikTok accounts, and has members."""

    id: str
    name: str
    currency: str
    timezone: str
    created: float
    creator_ids: tuple[str, ...] = ()
    """The creators whose TikTok accounts are assets."""


@record
class CenterMember(Entity):
    """A person's role in a Business Center."""

    person_id: str
    center_id: str
    admin: bool = True


BUSINESS_PEOPLE = EntityCollection("business_people", BusinessPerson)
AD_ACCOUNTS = EntityCollection("ad_accounts", AdAccount)
MEMBERSHIPS = EntityCollection("ad_memberships", Membership, key=("person_id", "advertiser_id"))
ADVERTISER_TOKENS = EntityCollection("advertiser_tokens", AdvertiserToken, key="value")
PORTAL_CODES = EntityCollection("portal_codes", PortalCode, key="value")

BUSINESS_CENTERS = EntityCollection("business_centers", BusinessCenter)
CENTER_MEMBERS = EntityCollection("center_members", CenterMember, key=("person_id", "center_id"))

MEMBERS_OF_CENTER = Index[CenterMember](on=("center_id",))
CENTERS_OF_PERSON = Index[CenterMember](on=("person_id",))
ACCOUNTS_OF_CENTER = Index[AdAccount](on=("business_center_id",))
MEMBERSHIPS_OF_PERSON = Index[Membership](on=("person_id",))
