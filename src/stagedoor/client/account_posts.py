"""Iteration through the posts of a TikTok account."""

from __future__ import annotations

from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import POST_FIELDS, AccountPost

from .effects import Items
from .paging import walk
from .parameters import FieldNames, Limit, PageSize
from .session import Session

_PAGE = 20
_LISTED = tuple(name for name, scope in POST_FIELDS.items() if scope == "video.list")

BusinessId = Annotated[str, Says("the account's open_id; the client takes it from the tokens")]
Before = Annotated[
    int | None, AtLeast(0), Says("only posts made before this moment, in Unix milliseconds")
]


def all_posts(
    session: Session,
    *,
    fields: FieldNames = _LISTED,
    before: Before = None,
    business_id: BusinessId = "",
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[AccountPost]:
    """The account's public posts, newest first; pages are fetched on demand.

    The default fields need the scope video.list; those of insights need video.insights as well.
    """
    asked: dict[str, Any] = {"fields": tuple(fields), "cursor": before}
    if business_id:
        asked["business_id"] = business_id
    return walk(
        session, business_accounts.BUSINESS_VIDEO_LIST, asked, limit=limit, page_size=page_size
    )
