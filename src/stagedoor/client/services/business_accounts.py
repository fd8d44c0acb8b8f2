"""A TikTok account's profile, insights, posts and publishing; its app's properties and webhooks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stagedoor.platform.arguments import AtLeast
from stagedoor.platform.model import says
from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    POST_FIELDS,
    AccountPost,
    AccountPostQuery,
)

from ..service import Call, M, Service, Walk
from ..walks import Walked

_LISTED = tuple(name for name, scope in POST_FIELDS.items() if scope == "video.list")


class AllAccountPosts(Walked[AccountPost], AccountPostQuery):
    """The account's public posts, newest first; pages are fetched on demand.

    The default fields need the scope video.list; those of insights need video.insights as well.
    """

    fields: Annotated[
        tuple[str, ...],
        says("which fields of each post to read; the others are None in the result"),
    ] = _LISTED
    before: Annotated[
        int | None,
        AtLeast(0),
        Field(serialization_alias="cursor"),
        says("only posts made before this moment, in Unix milliseconds"),
    ] = None


class Accounts(Service[M]):
    """The connected TikTok account: profile, insights, posts, publishing, codes for ads.

    URL properties and webhooks are the app's.
    """

    info = Call(business_accounts.BUSINESS_GET)
    list_posts = Call(business_accounts.BUSINESS_VIDEO_LIST)
    post_settings = Call(business_accounts.BUSINESS_VIDEO_SETTINGS)
    publish_video = Call(business_accounts.BUSINESS_VIDEO_PUBLISH)
    publish_photos = Call(business_accounts.BUSINESS_PHOTO_PUBLISH)
    publish_status = Call(business_accounts.BUSINESS_PUBLISH_STATUS)
    authorize_post = Call(business_accounts.POST_AUTHORIZE_SETTING)
    extend_authorization = Call(business_accounts.POST_AUTHORIZE)
    post_authorization = Call(business_accounts.POST_AUTHORIZE_STATUS)
    delete_authorization = Call(business_accounts.POST_AUTHORIZE_DELETE)
    add_property = Call(business_accounts.PROPERTY_ADD)
    verify_property = Call(business_accounts.PROPERTY_VERIFY)
    delete_property = Call(business_accounts.PROPERTY_DELETE)
    list_properties = Call(business_accounts.PROPERTY_LIST)
    set_webhook = Call(business_accounts.WEBHOOK_UPDATE)
    webhook = Call(business_accounts.WEBHOOK_LIST)
    delete_webhook = Call(business_accounts.WEBHOOK_DELETE)
    benchmark = Call(business_accounts.BUSINESS_BENCHMARK)
    suggest_hashtags = Call(business_accounts.BUSINESS_HASHTAG_SUGGESTION)
    all_posts = Walk(business_accounts.BUSINESS_VIDEO_LIST, AllAccountPosts)
