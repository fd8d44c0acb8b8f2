"""The operations of the creator marketplace."""

from __future__ import annotations

from stagedoor.platform.products import business_creators as declared

from ...calls import Handlers
from . import (
    accounts,
    campaigns,
    creators,
    discovery,
    labels,
    link_calls,
    posts,
    ranking,
    report,
)

HANDLERS: Handlers = {
    declared.TTO_ACCOUNTS: accounts.listed,
    declared.TTO_ACCOUNT_INFO: accounts.info,
    declared.TTO_CREATOR_STATUS: creators.status,
    declared.TTO_CREATOR_PUBLIC: creators.public,
    declared.TTO_CREATOR_PUBLIC_VIDEOS: posts.public,
    declared.TTO_CREATOR_DISCOVER: discovery.discover,
    declared.TTO_RANK: ranking.ranking,
    declared.TTO_LABELS: labels.listed,
    declared.TTO_CAMPAIGN_CREATE: campaigns.create,
    declared.TTO_CAMPAIGN_UPDATE: campaigns.update,
    declared.TTO_CAMPAIGN_GET: campaigns.listed,
    declared.TTO_CAMPAIGN_LINK: link_calls.change,
    declared.TTO_CAMPAIGN_LINK_STATUS: link_calls.listed,
    declared.TTO_REPORT: report.report,
    declared.TTO_CREATOR_AUTHORIZED: creators.authorized,
    declared.TTO_CREATOR_AUTHORIZED_VIDEOS: posts.authorized,
    declared.TTO_CREATOR_JOIN: link_calls.join,
    declared.TTO_CREATOR_VIDEO_LINK: link_calls.link_own,
    declared.TTO_CREATOR_LINK_REQUEST_GET: link_calls.requests,
    declared.TTO_CREATOR_LINK_REQUEST_CONFIRM: link_calls.answer,
}
