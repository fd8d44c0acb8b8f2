"""The operations of the older creator marketplace."""

from __future__ import annotations

from stagedoor.platform.products import business_marketplace as declared

from ...calls import Handlers
from . import creators, orders, rights

HANDLERS: Handlers = {
    declared.TCM_ACCOUNTS: creators.listed,
    declared.TCM_CONNECTED: creators.connected,
    declared.TCM_CREATOR_DISCOVER: creators.discover,
    declared.TCM_CREATOR_PUBLIC: creators.public,
    declared.TCM_CREATOR_PUBLIC_VIDEOS: creators.public_posts,
    declared.TCM_CREATOR_AUTHORIZED: creators.authorized,
    declared.TCM_CREATOR_AUTHORIZED_VIDEOS: creators.own_posts,
    declared.TCM_CREATOR_STATUS: creators.status,
    declared.TCM_CREATOR_INVITE: creators.invite,
    declared.TCM_SIMILAR_CREATOR: creators.similar,
    declared.TCM_ORDER_CREATE: orders.create,
    declared.TCM_ORDER_GET: orders.listed,
    declared.TCM_REPORT_GET: orders.results,
    declared.TCM_TT_VIDEO_APPLY: rights.ask,
    declared.TCM_TT_VIDEO_STATUS: rights.status,
    declared.TCM_VIDEO_AUDIT_STATUS: orders.reviews,
}
