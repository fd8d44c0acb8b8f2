"""Orders of videos: made, accepted by the invite link, with their videos, reviews and reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from stagedoor.platform.creators_vocabulary import CreatorCampaignType, SparkDays, VideoLinkStatus
from stagedoor.platform.products.business_marketplace import (
    MAX_DELIVERABLES,
    MAX_ORDERS,
    ORDER_FIELDS,
    TCM_DEFAULT_METRICS,
    NewTcmOrder,
    TcmBinding,
    TcmMetric,
    TcmOrderQuery,
    TcmOrderQueryType,
    TcmOrderSource,
    TcmReportQuery,
    TcmReviewQuery,
    TcmReviewStatus,
    order_key,
    wrong_days,
)

from ... import links as addresses
from ...calls import AdmittedCall, Refusal
from ...world import Creator, Video, World
from ..business.paging import page_of
from ..business.times import written
from ..business_accounts import insights
from ..business_ads.checks import choice, missing, wrong
from ..business_creators import campaigns, report
from ..business_creators.links import is_open
from ..business_creators.state import (
    CAMPAIGN_BY_INVITE,
    CREATOR_CAMPAIGNS,
    INVITATIONS,
    INVITATIONS_TO,
    LINKS_OF_CAMPAIGN,
    VIDEO_LINKS,
    CreatorCampaign,
    Invitation,
    MarketplaceAccount,
    VideoLink,
)
from .access import account_of
from .state import (
    ORDER_CAMPAIGNS,
    ORDERS,
    ORDERS_OF_CAMPAIGN,
    ORDERS_OF_CODE,
    Order,
    OrderCampaign,
)

_TYPE = "API_ORDER_V2"
_DAYS = (0, *SparkDays)
_TWO_SECONDS, _SIX_SECONDS = 0.62, 0.38
"""Parts of the views that last so long."""
_COUNTED = ("current_video_count", "total_video_limit", "per_creator_video_limit")


def create(call: AdmittedCall) -> dict[str, Any]:
    """Order videos from each creator, in a new campaign or in that of a code."""
    request: NewTcmOrder = call.request
    account = account_of(call)
    choice("order_source", request.order_source, TcmOrderSource)
    for place, one in enumerate(request.deliverables or ()):
        if (one.spark_ads_requested_authorization_days or 0) not in _DAYS:
            name = f"deliverables.{place}.spark_ads_requested_authorization_days"
            wrong(name, "Must be 0, 7, 30, 60 or 365.")
    found = [_ordered(call.world, handle) for handle in dict.fromkeys(request.handle_names)]
    if request.campaign_code is None:
        group = _new_campaign(call, account, request)
    else:
        group = _of_code(call.world, account, request.campaign_code, request.brand_name)
    made = [_order(call, group, creator) for creator in found]
    campaign = call.world[CREATOR_CAMPAIGNS][group.campaign_id]
    joined = [
        one
        for one in call.world[INVITATIONS].by(INVITATIONS_TO, campaign.id)
        if one.joined is not None
    ]
    return {
        "campaign_code": group.id,
        "invite_link": campaign.invite_link,
        "remaining_orders": max(0, MAX_ORDERS - len(joined)),
        "orders": [_shown(call.world, one, ORDER_FIELDS) for one in made],
    }


def _ordered(world: World, handle: str) -> Creator:
    """The creator with a handle, in the marketplace or not."""
    person = world.named(handle)
    creator = None if person is None else world.creators.get(person.id)
    if creator is None:
        raise Refusal("40121")
    campaigns.check_joinable(creator)
    return creator


def _new_campaign(
    call: AdmittedCall, account: MarketplaceAccount, request: NewTcmOrder
) -> OrderCampaign:
    days = [one.spark_ads_requested_authorization_days or 0 for one in request.deliverables or ()]
    wanted = max([*days, int(request.default_spark_ads_requested_authorization_days or 0)])
    campaign = call.world[CREATOR_CAMPAIGNS].add(
        CreatorCampaign(
            id=call.world.ids.number(call.now),
            account_id=account.id,
            kind=CreatorCampaignType.CAMPAIGN,
            name=request.description or request.brand_name,
            invite_link=campaigns.new_link(call.world),
            created=call.now,
            modified=call.now,
            brand_name=request.brand_name,
            description=request.description,
            # a creator who accepts an order with days gives the right to the videos with it
            advertiser_ids=(account.advertiser_id,) if wanted else (),
            days=wanted or campaigns.DEFAULT_DAYS,
        ),
    )
    videos = len(request.deliverables or ()) or request.video_number or MAX_DELIVERABLES
    code = call.world.ids.hexadecimal(10).upper()
    made = OrderCampaign(code, campaign.id, account.id, request.brand_name, videos)
    return call.world[ORDER_CAMPAIGNS].add(made)


def _of_code(world: World, account: MarketplaceAccount, code: str, brand: str) -> OrderCampaign:
    found = world[ORDER_CAMPAIGNS].get(code)
    if found is None or found.account_id != account.id:
        wrong("campaign_code", "The code does not exist.")
    if found.brand_name != brand:
        wrong("campaign_code", f"The code belongs to the brand {found.brand_name}.")
    return found


def _order(call: AdmittedCall, group: OrderCampaign, creator: Creator) -> Order:
    """The creator's order of a campaign: a second one is the first."""
    world = call.world
    for one in world[ORDERS].by(ORDERS_OF_CODE, group.id):
        if one.creator_id == creator.id:
            return one
    if f"{group.campaign_id}:{creator.id}" not in world[INVITATIONS]:
        world[INVITATIONS].add(Invitation(group.campaign_id, creator.id))
    made = Order(
        world.ids.number(call.now), group.id, group.campaign_id, group.account_id, creator.id
    )
    return world[ORDERS].add(made)


def listed(call: AdmittedCall) -> dict[str, Any]:
    """Orders by id, code or link, in the order of their making; those of others are left out."""
    request: TcmOrderQuery = call.request
    account = account_of(call)
    choice("query_type", request.query_type, TcmOrderQueryType)
    name = order_key(request.query_type)
    if name is not None and not getattr(request, name):
        missing(name)
    found = [one for one in _asked(call.world, request) if one.account_id == account.id]
    rows, info = page_of(found, request.page, request.page_size)
    fields = tuple(dict.fromkeys(request.fields or ORDER_FIELDS))
    return {
        "orders": [_shown(call.world, one, fields) for one in rows],
        "page_info": info.model_dump(),
    }


def _asked(world: World, request: TcmOrderQuery) -> Iterable[Order]:
    orders = world[ORDERS]
    if request.query_type == TcmOrderQueryType.ORDER_ID:
        known = (orders.get(one) for one in dict.fromkeys(request.order_ids or ()))
        return [one for one in known if one is not None]
    if request.query_type == TcmOrderQueryType.CAMPAIGN_CODE:
        return orders.by(ORDERS_OF_CODE, request.campaign_code)
    of = world[CREATOR_CAMPAIGNS].by(CAMPAIGN_BY_INVITE, request.invite_link)
    return orders.by(ORDERS_OF_CAMPAIGN, of[0].id) if of else ()


def linked(world: World, order: Order) -> list[VideoLink]:
    """The order's videos with their links, the latest first."""
    found = world[VIDEO_LINKS].by(LINKS_OF_CAMPAIGN, order.campaign_id)
    return [one for one in found if one.creator_id == order.creator_id]


def _shown(world: World, order: Order, fields: Iterable[str]) -> dict[str, Any]:
    videos = [one.video_id for one in linked(world, order) if is_open(one)]
    most = world[ORDER_CAMPAIGNS][order.code].videos
    values: dict[str, Any] = {
        "order_id": order.id,
        "handle_name": world.creators[order.creator_id].username,
        "campaign_code": order.code,
        "invite_link": world[CREATOR_CAMPAIGNS][order.campaign_id].invite_link,
        "video_ids": videos,
        "current_video_count": len(videos),
        "total_video_limit": most * MAX_ORDERS,
        "per_creator_video_limit": most,
    }
    wanted = set(fields)
    answer = {name: values[name] for name in values if name in wanted - set(_COUNTED)}
    counted = {name: values[name] for name in _COUNTED if name in wanted}
    return answer | ({"quota": counted} if counted else {})


def reviews(call: AdmittedCall) -> dict[str, Any]:
    """The videos of an order, with the state of their review."""
    request: TcmReviewQuery = call.request
    account = account_of(call)
    order = call.world[ORDERS].get(request.v2_order_id)
    if order is None:
        raise Refusal("40007", f"The order {request.v2_order_id} does not exist.")
    if order.account_id != account.id:
        said = f"You don't have permission to operate this order: {order.id}."
        raise Refusal("40001", said)
    return {"audit_status_list": [_review(call, one) for one in linked(call.world, order)]}


_REVIEWS = {
    VideoLinkStatus.IN_REVIEW: TcmReviewStatus.AD_REVIEWING,
    VideoLinkStatus.APPROVE: TcmReviewStatus.SUCCEED,
    VideoLinkStatus.REJECTED: TcmReviewStatus.AD_REVIEW_FAIL,
    VideoLinkStatus.REVOKE: TcmReviewStatus.NO_REVIEW,
}


def _review(call: AdmittedCall, link: VideoLink) -> dict[str, Any]:
    video = call.world.videos[link.video_id]
    state = TcmReviewStatus.NO_REVIEW if link.awaits_creator else _REVIEWS[link.status]
    released = call.world.is_public(video)
    succeeded = state is TcmReviewStatus.SUCCEED
    return {
        "video_id": video.id,
        "video_status": "DELETE" if video.deleted else "RELEASE" if released else "UPLOAD",
        "bind_status": TcmBinding.BIND if is_open(link) else TcmBinding.UNBIND,
        "review_status": state,
        "upload_time": written(video.created),
        "publish_time": written(video.created) if released else "",
        "reject_reason": "The video was rejected." if state.endswith("FAIL") else "",
        "embed_url": addresses.embed(video, call.own_token.app_id) if succeeded else "",
    }


def results(call: AdmittedCall) -> dict[str, Any]:
    """The approved videos of orders with their numbers, order by order."""
    request: TcmReportQuery = call.request
    account = account_of(call)
    if (fault := wrong_days(request)) is not None:
        wrong(fault[0], f"{fault[1].capitalize()}.")
    for one in request.metrics or ():
        choice("metrics", one, TcmMetric)
    world = call.world
    known = (world[ORDERS].get(one) for one in dict.fromkeys(request.order_ids))
    pairs = [
        (order, world.videos[link.video_id])
        for order in known
        if order is not None and order.account_id == account.id
        for link in linked(world, order)
        if link.status is VideoLinkStatus.APPROVE and not world.videos[link.video_id].deleted
    ]
    rows, info = page_of(pairs, request.page, request.page_size)
    paid = {
        order.campaign_id: report.Paid(world, world[CREATOR_CAMPAIGNS][order.campaign_id])
        for order, _ in rows
    }
    return {
        "insights": [_insight(call, *pair, paid[pair[0].campaign_id]) for pair in rows],
        "page_info": info.model_dump(),
    }


def _insight(call: AdmittedCall, order: Order, video: Video, paid: report.Paid) -> dict[str, Any]:
    request: TcmReportQuery = call.request
    same = report.video_numbers(call, video, request.start_date, request.end_date, paid)
    same |= {"two_seconds_views": _TWO_SECONDS, "six_seconds_views": _SIX_SECONDS}
    names = [str(one) for one in request.metrics or TCM_DEFAULT_METRICS]
    metrics = _chosen(same, names)
    if request.need_daily_stats:
        metrics["daily_stats"] = [
            {"date": one["date"], "views": one["views"]} | _chosen(one, names)
            for one in same["daily_stats"]
        ]
    released: date = insights.day_of(video.created)
    return {
        "dimensions": {
            "tcm_account_id": order.account_id,
            "order_id": order.id,
            "order_type": _TYPE,
            "video_id": video.id,
            "handle_name": same["handle_name"],
            "video_first_release_time": released.isoformat(),
        },
        "metrics": metrics,
    }


def _chosen(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    engaged = sum(values[one] for one in ("likes", "comments", "shares"))
    whole = values | {"engagement_count": engaged}
    return {name: whole[name] for name in names if name in whole}
