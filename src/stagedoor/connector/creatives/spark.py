"""A TikTok post as a creative: the identity through which an ad account may show it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import StagedoorError, TransportError
from stagedoor.platform.ads_vocabulary import IdentityType
from stagedoor.platform.products.business_ads import Identity

from ..ads.creative_ids import CreativeId, CreativeKind, PostIdentity
from ..errors import ApiError
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from ..publishing.posts import StoredPost
from ..publishing.states import Visibility

_LOOKED_AT = 1_000
"""The most identities and authorised posts of an ad account that are read."""
_USABLE = "AVAILABLE"

logger = logging.getLogger("stagedoor.creatives")


@dataclass(frozen=True, slots=True)
class PostCreative:
    """The creative of a post. None: the ad account can't show it, for the reason `why`."""

    creative: CreativeId | None
    why: str = ""


class SparkIdentities:
    """Finds the identity for a post, or makes one with the account's own credentials. Thread-safe.

    Every step may be repeated: redeeming a code twice is the same identity.
    """

    def __init__(self, business: BusinessClients) -> None:
        self._business = business

    def for_post(self, org: str, account_id: str, post: StoredPost) -> PostCreative:
        """Raises `ApiError` where TikTok can't be reached, or refuses the ad account."""
        if not post.public_ids or post.visibility is not Visibility.PUBLIC:
            return PostCreative(None, "the post isn't public at TikTok")
        item_id = post.public_ids[0]
        client = self._business.for_advertiser(org, account_id)
        found = self._linked(client, post.username)
        if found is None:
            found = self._authorised(client, item_id)
        if found is not None:
            return PostCreative(CreativeId(CreativeKind.POST, item_id, found))
        return self._authorise(client, org, post, item_id)

    def _linked(self, client: TikTokBusiness, username: str) -> PostIdentity | None:
        """An identity of the whole account, which shows any of its public posts."""
        try:
            listed = client.identities.all_identities(page_size=100, limit=_LOOKED_AT)
            found = [one for one in listed if _is_of(one, username)]
        except StagedoorError as error:
            _pass_on_only_outages(error)
            return None
        by_kind = {str(one.identity_type): one for one in reversed(found)}
        linked = by_kind.get(IdentityType.TT_USER)
        if linked is not None and linked.identity_id is not None:
            return PostIdentity(IdentityType.TT_USER, linked.identity_id)
        of_center = by_kind.get(IdentityType.BC_AUTH_TT)
        if of_center is not None and of_center.identity_id and of_center.identity_authorized_bc_id:
            return PostIdentity(
                IdentityType.BC_AUTH_TT,
                of_center.identity_id,
                of_center.identity_authorized_bc_id,
            )
        return None

    def _authorised(self, client: TikTokBusiness, item_id: str) -> PostIdentity | None:
        """The identity of a post whose code was redeemed before."""
        try:
            posts = client.spark_posts.all_posts(page_size=100, limit=_LOOKED_AT)
            users = [one.user_info for one in posts if one.item_info.item_id == item_id]
        except StagedoorError as error:
            _pass_on_only_outages(error)
            return None
        return _by_code(one.identity_id for one in users if one is not None)

    def _authorise(
        self, client: TikTokBusiness, org: str, post: StoredPost, item_id: str
    ) -> PostCreative:
        """Let the post's account make a code, and redeem it for the ad account."""
        nobody = f"the ad account has no identity of @{post.username}"
        try:
            account = self._business.for_account(org, post.integration)
            account.accounts.authorize_post(item_id=item_id, is_ad_promotable=True)
            code = account.accounts.post_authorization(item_id=item_id).auth_code
            if not code:
                return PostCreative(None, f"{nobody}, and TikTok gave no code for the post")
            client.spark_posts.authorize(auth_code=code)
            user = client.spark_posts.info(auth_code=code).user_info
        except ApiError as error:
            if error.retryable:
                raise
            return PostCreative(
                None, f"{nobody}, and its own credentials make none ({error.message})"
            )
        except StagedoorError as error:
            _pass_on_only_outages(error)
            return PostCreative(None, f"{nobody}, and its own credentials make none ({error})")
        found = _by_code([None if user is None else user.identity_id])
        if found is None:
            return PostCreative(None, f"{nobody}, and TikTok made none for the post's code")
        return PostCreative(CreativeId(CreativeKind.POST, item_id, found))


def _is_of(identity: Identity, username: str) -> bool:
    usable = identity.can_pull_video is not False
    available = identity.available_status in (None, _USABLE)
    return bool(username) and identity.username == username and usable and available


def _by_code(ids: Iterable[str | None]) -> PostIdentity | None:
    found = next((one for one in ids if one is not None), None)
    return None if found is None else PostIdentity(IdentityType.AUTH_CODE, found)


def _pass_on_only_outages(error: StagedoorError) -> None:
    """Raise an error that a retry may mend; a refusal only means that this way isn't open."""
    converted = api_error_of(error)
    if isinstance(error, TransportError) or converted.retryable:
        raise converted from error
    logger.info("a way to a Spark identity isn't open: %s", converted.code)
