"""Rights of ad accounts to use creators and their posts under an identity.

A post is used under AUTH_CODE while a valid redemption of its code, or a link of a campaign with
creators that grants it, holds. The identity keeps the post until neither holds any more.
"""

from __future__ import annotations

from stagedoor.platform.ads_vocabulary import IdentityType

from ...world import World
from ..business_accounts.state import SPARK_AUTHORIZATIONS
from ..business_creators.state import LINKS_OF_VIDEO, VIDEO_LINKS
from ..business_spark.state import REDEMPTIONS, is_valid
from .state import IDENTITIES, IDENTITIES_BY_KIND, Ad, Identity


def shows(world: World, identity: Identity, post_id: str) -> bool:
    """Whether ads of this identity may show this post: it is the creator's own and public.

    Under AUTH_CODE only a post to which the ad account has a right; one that was given by a control
    route needs no other right until its code is redeemed.
    """
    post = world.videos.get(post_id)
    if post is None or post.creator_id != identity.creator_id or not world.is_public(post):
        return False
    if identity.kind != IdentityType.AUTH_CODE:
        return True
    account = identity.advertiser_id
    never_redeemed = f"{account}:{post_id}" not in world[REDEMPTIONS]
    return post_id in identity.posts and (never_redeemed or _holds(world, account, post_id))


def of_code(world: World, advertiser_id: str, creator_id: str) -> Identity | None:
    """The AUTH_CODE identity of a creator; None: the ad account has no right to their posts."""
    found = world[IDENTITIES].by(IDENTITIES_BY_KIND, (advertiser_id, IdentityType.AUTH_CODE))
    return next((one for one in found if one.creator_id == creator_id), None)


def link(
    world: World,
    advertiser_id: str,
    kind: str,
    creator_id: str,
    bc_id: str | None = None,
    posts: tuple[str, ...] = (),
) -> Identity:
    """Let an ad account use a creator: a linked account, or posts under AUTH_CODE."""
    for known in world[IDENTITIES].by(IDENTITIES_BY_KIND, (advertiser_id, kind)):
        if known.creator_id == creator_id and known.bc_id == bc_id:
            known.posts = tuple(dict.fromkeys(known.posts + posts))
            return known
    made = Identity(
        id=world.ids.number(world.now()),
        advertiser_id=advertiser_id,
        kind=kind,
        creator_id=creator_id,
        bc_id=bc_id,
        posts=posts,
    )
    return world[IDENTITIES].add(made)


def unlink(world: World, advertiser_id: str, creator_id: str, post_id: str) -> None:
    """Take a post from the AUTH_CODE identity of its creator, unless another right to it holds.

    The last post takes the identity.
    """
    found = of_code(world, advertiser_id, creator_id)
    if found is None or _holds(world, advertiser_id, post_id):
        return
    found.posts = tuple(one for one in found.posts if one != post_id)
    if not found.posts:
        del world[IDENTITIES][found.id]


def lost(world: World, ad: Ad, at: float | None = None) -> bool:
    """Whether the code by which an ad shows its post is over or deleted at a time (default: now).

    A post that the ad account dropped itself isn't lost: its ads go on.
    """
    if not ad.post or ad.fields.get("identity_type") != IdentityType.AUTH_CODE:
        return False
    redeemed = f"{ad.advertiser_id}:{ad.post}" in world[REDEMPTIONS]
    return redeemed and not _holds(world, ad.advertiser_id, ad.post, at)


def end_of_code(world: World, ad: Ad) -> float | None:
    """The time at which the code of an ad's post ends; None: no code is behind it."""
    found = world[SPARK_AUTHORIZATIONS].get(ad.post) if ad.post else None
    return None if found is None else found.end


def _holds(world: World, advertiser_id: str, post_id: str, at: float | None = None) -> bool:
    """Whether a valid redemption of the post's code, or a link that grants the post, holds."""
    redeemed = world[REDEMPTIONS].get(f"{advertiser_id}:{post_id}")
    if redeemed is not None and is_valid(world, redeemed, at):
        return True
    links = world[VIDEO_LINKS].by(LINKS_OF_VIDEO, post_id)
    return any(advertiser_id in one.granted for one in links)
