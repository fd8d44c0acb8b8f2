"""The older calls of the creator marketplace."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stagedoor.platform.arguments import AtLeast
from stagedoor.platform.model import says
from stagedoor.platform.products import business_marketplace as declared
from stagedoor.platform.products.business_marketplace import (
    TcmAccountsQuery,
    TcmCreator,
    TcmCreatorSearch,
    TcmInsight,
    TcmOrder,
    TcmOrderQuery,
    TcmOwnPostQuery,
    TcmPost,
    TcmPostQuery,
    TcmReportQuery,
)

from ..service import Call, M, Service, Walk
from ..walks import Walked

Before = Annotated[
    int | None,
    AtLeast(0),
    Field(serialization_alias="cursor"),
    says("only posts made before this moment, in Unix milliseconds"),
]


class AllAccounts(Walked[str], TcmAccountsQuery):
    """The ids of all marketplace accounts that the token reaches."""


class AllTcmCreators(Walked[TcmCreator], TcmCreatorSearch):
    """All matching creators, at most 250; pages are fetched on demand."""


class AllTcmPosts(Walked[TcmPost], TcmPostQuery):
    """A creator's public posts, newest first; pages are fetched on demand."""

    before: Before = None


class AllOwnTcmPosts(Walked[TcmPost], TcmOwnPostQuery):
    """The account's public posts, newest first; pages are fetched on demand."""

    before: Before = None


class AllOrders(Walked[TcmOrder], TcmOrderQuery):
    """All matching orders; pages are fetched on demand."""


class AllInsights(Walked[TcmInsight], TcmReportQuery):
    """The videos of orders with their numbers; pages are fetched on demand."""


class Marketplace(Service[M]):
    """The older creator marketplace (TTCM), which `creators`, TikTok One, replaces.

    Calls of the advertiser carry an advertiser's token with the permission for the creator
    marketplace, and name a marketplace account (`accounts`). Those of the creator (`connected`,
    `own_...`) carry the account holder's token.
    """

    accounts = Call(declared.TCM_ACCOUNTS)
    discover = Call(declared.TCM_CREATOR_DISCOVER)
    info = Call(declared.TCM_CREATOR_PUBLIC)
    similar = Call(declared.TCM_SIMILAR_CREATOR)
    list_posts = Call(declared.TCM_CREATOR_PUBLIC_VIDEOS)
    status = Call(declared.TCM_CREATOR_STATUS)
    invite = Call(declared.TCM_CREATOR_INVITE)
    create_orders = Call(declared.TCM_ORDER_CREATE)
    list_orders = Call(declared.TCM_ORDER_GET)
    reviews = Call(declared.TCM_VIDEO_AUDIT_STATUS)
    report = Call(declared.TCM_REPORT_GET)
    request_spark = Call(declared.TCM_TT_VIDEO_APPLY)
    spark_request = Call(declared.TCM_TT_VIDEO_STATUS)
    connected = Call(declared.TCM_CONNECTED)
    own_info = Call(declared.TCM_CREATOR_AUTHORIZED)
    list_own_posts = Call(declared.TCM_CREATOR_AUTHORIZED_VIDEOS)
    all_accounts = Walk(declared.TCM_ACCOUNTS, AllAccounts)
    all_creators = Walk(declared.TCM_CREATOR_DISCOVER, AllTcmCreators)
    all_posts = Walk(declared.TCM_CREATOR_PUBLIC_VIDEOS, AllTcmPosts)
    all_own_posts = Walk(declared.TCM_CREATOR_AUTHORIZED_VIDEOS, AllOwnTcmPosts)
    all_orders = Walk(declared.TCM_ORDER_GET, AllOrders)
    all_insights = Walk(declared.TCM_REPORT_GET, AllInsights)
