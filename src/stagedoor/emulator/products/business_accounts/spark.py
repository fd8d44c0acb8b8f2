"""Codes with which ad accounts use an account's posts in ads."""

from __future__ import annotations

from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    AuthorizationDays,
    SparkCode,
    SparkCodeStatus,
    SparkExtension,
    SparkPost,
    SparkSetting,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ...world import World
from ..business.times import written
from ..business_ads.state import ADS, ADS_OF_POST
from ..business_comments.handlers import own_post
from .state import SPARK_AUTHORIZATIONS, SparkAuthorization


def change(call: AdmittedCall) -> SparkCode:
    """Make a post's first code, or end it. A code that is valid stays as it is."""
    request: SparkSetting = call.request
    video = own_post(call, request.item_id)
    found = call.world[SPARK_AUTHORIZATIONS].get(video.id)
    if request.is_ad_promotable:
        if found is None or state_of(call.world, found) in (
            SparkCodeStatus.DELETED,
            SparkCodeStatus.EXPIRED,
        ):
            found = issue(call.world, video.id, request.authorization_days)
        return _shown(found)
    if found is not None:
        if is_used(call.world, found.item_id):
            raise Refusal("40002", "is_ad_promotable: The post is used in an ad.")
        found.deleted = True
    return SparkCode(item_id=video.id)


def extend(call: AdmittedCall) -> SparkCode:
    """Add days to a code; a deleted one is replaced."""
    request: SparkExtension = call.request
    found = _found(call, request.item_id)
    if found.deleted:
        found = issue(call.world, found.item_id, request.authorization_days)
    else:
        found.days += request.authorization_days or AuthorizationDays.MONTH
    return _shown(found)


def status(call: AdmittedCall) -> SparkCode:
    request: SparkPost = call.request
    video = own_post(call, request.item_id)
    found = call.world[SPARK_AUTHORIZATIONS].get(video.id)
    if found is None:
        return SparkCode(item_id=video.id)
    return _shown(found).model_copy(update={"auth_code_status": state_of(call.world, found)})


def delete(call: AdmittedCall) -> SparkCode:
    request: SparkPost = call.request
    found = _found(call, request.item_id)
    if found.deleted:
        raise Refusal("40002", "item_id: The post's auth code is deleted already.")
    found.deleted = True
    return SparkCode(item_id=found.item_id, auth_code_status=SparkCodeStatus.DELETED)


def _found(call: AdmittedCall, item_id: str) -> SparkAuthorization:
    video = own_post(call, item_id)
    found = call.world[SPARK_AUTHORIZATIONS].get(video.id)
    if found is None:
        raise Refusal("40002", "item_id: The post has no auth code.")
    return found


def issue(world: World, item_id: str, days: int | None) -> SparkAuthorization:
    """A new code, in place of the one before."""
    now = world.now()
    code = f"#{world.ids.signature(f'spark:{item_id}:{now}')}"
    made = SparkAuthorization(item_id, code, now, days or AuthorizationDays.MONTH)
    table = world[SPARK_AUTHORIZATIONS]
    if item_id in table:
        del table[item_id]
    table.add(made)
    return made


def is_used(world: World, item_id: str) -> bool:
    """Whether an ad shows the post."""
    return bool(world[ADS].by(ADS_OF_POST, item_id))


def state_of(world: World, found: SparkAuthorization) -> SparkCodeStatus:
    """The state of a code now."""
    if found.deleted:
        return SparkCodeStatus.DELETED
    if found.end <= world.now():
        return SparkCodeStatus.EXPIRED
    used = is_used(world, found.item_id)
    return SparkCodeStatus.IN_USE if used else SparkCodeStatus.NOT_USED


def _shown(found: SparkAuthorization) -> SparkCode:
    return SparkCode(
        item_id=found.item_id,
        auth_code=found.code,
        auth_code_start_time=written(found.start),
        auth_code_end_time=written(found.end),
        authorization_days=int(found.days),
    )


HANDLERS: Handlers = {
    business_accounts.POST_AUTHORIZE_SETTING: change,
    business_accounts.POST_AUTHORIZE: extend,
    business_accounts.POST_AUTHORIZE_STATUS: status,
    business_accounts.POST_AUTHORIZE_DELETE: delete,
}
