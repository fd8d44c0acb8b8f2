"""Requests for the right to show an order's video in ads, which the creator answers."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.creators_vocabulary import SparkDays, VideoLinkStatus
from stagedoor.platform.model import Empty
from stagedoor.platform.products import business_marketplace as declared
from stagedoor.platform.products.business_marketplace import (
    TcmSparkAction,
    TcmSparkQuery,
    TcmSparkRequest,
)

from ...calls import AdmittedCall, Refusal
from ...world import World
from ..business.times import written
from ..business_accounts import spark
from ..business_accounts.state import SPARK_AUTHORIZATIONS
from ..business_ads.checks import choice, wrong
from ..business_creators.state import LINKS_OF_VIDEO, VIDEO_LINKS
from .access import account_of
from .state import SPARK_REQUESTS, SparkRequest


def ask(call: AdmittedCall) -> Empty:
    """Ask for the right to a video, ask again, or ask for more days of it."""
    request: TcmSparkRequest = call.request
    account = account_of(call)
    choice("action", request.action, TcmSparkAction)
    days = request.authorization_days or SparkDays.MONTH
    if days not in set(SparkDays):
        wrong("authorization_days", "Must be 7, 30, 60 or 365.")
    video_id = _video(call, account.id)
    table = call.world[SPARK_REQUESTS]
    found = table.get(f"{account.id}:{video_id}")
    extends = request.action == TcmSparkAction.EXTEND
    if extends and (found is None or found.answer != "ACCEPTED"):
        wrong("action", "There is no accepted request to extend.")
    if found is None:
        table.add(SparkRequest(account.id, video_id, int(days), call.now))
        return Empty()
    if found.answer == "ACCEPTED" and not extends:
        wrong("video_id", "The request is accepted; EXTEND asks for more days.")
    if found.answer == "WAITING":
        if found.requests >= declared.SPARK_REQUESTS:
            wrong("video_id", f"At most {declared.SPARK_REQUESTS} requests can be made.")
        found.requests += 1
    else:
        found.answer, found.requests, found.updated = "WAITING", 1, call.now
    found.days, found.extends = int(days), extends
    return Empty()


def status(call: AdmittedCall) -> dict[str, Any]:
    """The state of a request. The post's own code is told also while the request waits."""
    request: TcmSparkQuery = call.request
    account = account_of(call)
    found = call.world[SPARK_REQUESTS].get(f"{account.id}:{_video(call, account.id)}")
    if found is None:
        raise Refusal("40002", f"video_id: There is no request for {request.video_id}.")
    answer: dict[str, Any] = {
        "video_id": found.video_id,
        "auth_status": found.answer,
        "auth_status_updated_time": written(found.updated),
        "num_remaining_request": declared.SPARK_REQUESTS - found.requests,
        "requested_authorization_days": found.days,
    }
    code = call.world[SPARK_AUTHORIZATIONS].get(found.video_id)
    if code is None or found.answer == "REJECTED":
        return answer
    return answer | {
        "auth_code": code.code,
        "auth_code_start_time": written(code.start),
        "auth_code_end_time": written(code.end),
        "auth_code_status": spark.state_of(call.world, code),
    }


def _video(call: AdmittedCall, account_id: str) -> str:
    """The named video, which has an approved link to a campaign of the account."""
    video_id: str = call.request.video_id
    if video_id not in call.world.videos:
        raise Refusal("40007", f"The video {video_id} does not exist.")
    for link in call.world[VIDEO_LINKS].by(LINKS_OF_VIDEO, video_id):
        if link.account_id == account_id and link.status is VideoLinkStatus.APPROVE:
            return video_id
    raise Refusal("40002", "video_id: The video belongs to no order of the account.")


def answer(world: World, found: SparkRequest, accepted: bool, days: int | None) -> None:
    """The creator's answer; accepting makes the post's code, or lengthens it."""
    found.answer, found.updated = "ACCEPTED" if accepted else "REJECTED", world.now()
    if not accepted:
        return
    code = world[SPARK_AUTHORIZATIONS].get(found.video_id)
    if code is None or code.deleted or code.end <= world.now():
        spark.issue(world, found.video_id, days or found.days)
    elif found.extends:
        code.days += days or found.days
