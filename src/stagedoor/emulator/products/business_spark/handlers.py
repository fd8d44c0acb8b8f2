"""The operations on posts that creators authorised for ads."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.model import Empty
from stagedoor.platform.products import business_spark
from stagedoor.platform.products.business_ads import IdentityType
from stagedoor.platform.products.business_spark import (
    DEFAULT_POSTS,
    AuthorizedPost,
    AuthorizedPostPage,
    AuthorizedPostQuery,
    CodeQuery,
    CodeUse,
    PostItemType,
    PostUnbinding,
)

from ... import cdn
from ...calls import AdmittedCall, Handlers
from ...world import Video
from ..business.paging import page_of
from ..business.times import written
from ..business_accounts.state import SPARK_AUTHORIZATIONS, SPARK_BY_CODE, SparkAuthorization
from ..business_ads import checks, rights
from .state import REDEMPTIONS, REDEMPTIONS_OF, Redemption, is_valid


def authorize(call: AdmittedCall) -> Empty:
    """Redeem a code: the creator becomes an identity whose ads can show the post."""
    request: CodeUse = call.request
    found, post = _behind(call, request.auth_code)
    account = call.ad_account.id
    rights.link(
        call.world, account, IdentityType.AUTH_CODE, post.creator_id, posts=(found.item_id,)
    )
    table, key = call.world[REDEMPTIONS], f"{account}:{found.item_id}"
    known = table.get(key)
    if known is None:
        table.add(Redemption(account, found.item_id, found.code, call.now))
    elif known.code != found.code:
        known.code, known.at = found.code, call.now
    return Empty()


def info(call: AdmittedCall) -> AuthorizedPost:
    request: CodeQuery = call.request
    return _shown(call, *_behind(call, request.auth_code))


def listed(call: AdmittedCall) -> AuthorizedPostPage:
    """The posts whose codes the ad account redeemed and that are valid, the latest first."""
    request: AuthorizedPostQuery = call.request
    for place, kind in enumerate(request.item_types or ()):
        checks.choice(f"item_types.{place}", kind, PostItemType)
    word = (request.keyword or "").casefold()
    found = []
    for one in reversed(call.world[REDEMPTIONS].by(REDEMPTIONS_OF, call.ad_account.id)):
        post = call.world.videos.get(one.item_id)
        if post is None or post.deleted or not is_valid(call.world, one):
            continue
        if word not in post.title.casefold():
            continue
        if request.item_types and _kind(post) not in request.item_types:
            continue
        found.append((call.world[SPARK_AUTHORIZATIONS][post.id], post))
    rows, info = page_of(found, request.page, request.page_size, DEFAULT_POSTS)
    return AuthorizedPostPage(list=tuple(_shown(call, *one) for one in rows), page_info=info)


def unbind(call: AdmittedCall) -> Empty:
    """Drop a post: new ads can't show it until its code is redeemed again."""
    request: PostUnbinding = call.request
    account = call.ad_account.id
    redeemed = call.world[REDEMPTIONS].get(f"{account}:{request.item_id}")
    if redeemed is None:
        checks.wrong("item_id", f"The post {request.item_id} is not authorized.")
    del call.world[REDEMPTIONS][f"{account}:{request.item_id}"]
    creator_id = call.world.videos[redeemed.item_id].creator_id
    rights.unlink(call.world, account, creator_id, redeemed.item_id)
    return Empty()


def _behind(call: AdmittedCall, code: str) -> tuple[SparkAuthorization, Video]:
    """The authorisation of a valid code, and its post."""
    found = next(iter(call.world[SPARK_AUTHORIZATIONS].by(SPARK_BY_CODE, code)), None)
    if found is None:
        checks.wrong("auth_code", "The code does not exist.")
    if found.deleted:
        checks.wrong("auth_code", "The code was deleted by the creator.")
    if found.end <= call.now:
        checks.wrong("auth_code", "The code has expired.")
    post = call.world.videos.get(found.item_id)
    if post is None or not call.world.is_public(post):
        checks.wrong("auth_code", "The post is not available.")
    return found, post


def _kind(post: Video) -> PostItemType:
    return PostItemType.CAROUSEL if post.photos else PostItemType.VIDEO


def _shown(call: AdmittedCall, found: SparkAuthorization, post: Video) -> AuthorizedPost:
    world = call.world
    creator = world.creators[post.creator_id]
    identity = rights.of_code(world, call.ad_account.id, creator.id)
    cover = cdn.cover_url(world, call.base_url, post, call.now)
    shown: dict[str, dict[str, Any]] = {
        "item_info": {
            "item_id": post.id,
            "item_type": _kind(post),
            "auth_code": found.code,
            "text": post.title,
        },
        "user_info": {
            "tiktok_name": creator.display_name,
            "identity_id": None if identity is None else identity.id,
            "identity_type": IdentityType.AUTH_CODE.value,
        },
        "auth_info": {
            "auth_start_time": written(found.start),
            "auth_end_time": written(found.end),
        },
    }
    if post.photos:
        image = {"image_url": cover, "image_width": post.width, "image_height": post.height}
        shown["item_info"]["carousel_info"] = {"image_info": [image]}
    else:
        shown["video_info"] = {
            "duration": post.duration,
            "width": post.width,
            "height": post.height,
            "poster_url": cover,
            "preview_url": cdn.media_url(world, call.base_url, post),
        }
    return AuthorizedPost.model_validate(shown)


HANDLERS: Handlers = {
    business_spark.TT_VIDEO_AUTHORIZE: authorize,
    business_spark.TT_VIDEO_INFO: info,
    business_spark.TT_VIDEO_LIST: listed,
    business_spark.TT_VIDEO_UNBIND: unbind,
}
