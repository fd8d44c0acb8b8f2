"""Walks over pages of TikTok API for Business."""

from __future__ import annotations

from typing import Annotated

from stagedoor.platform.arguments import Says
from stagedoor.platform.products import business
from stagedoor.platform.products.business import (
    AssetFilter,
    AssetType,
    Center,
    CenterAsset,
    Member,
    MemberFilter,
)

from .effects import Items
from .paging import walk
from .parameters import Limit, PageSize
from .session import Session

MAX_ROWS = 50


def all_centers(
    session: Session,
    *,
    bc_id: Annotated[str | None, Says("one Business Center; None: all")] = None,
    limit: Limit = None,
    page_size: PageSize = MAX_ROWS,
) -> Items[Center]:
    """The person's Business Centers, page by page."""
    asked = {"bc_id": bc_id}
    return walk(session, business.BC_GET, asked, limit=limit, page_size=page_size)


def all_center_assets(
    session: Session,
    *,
    bc_id: Annotated[str, Says("the Business Center")],
    asset_type: Annotated[AssetType | str, Says("the kind of assets")],
    filtering: Annotated[AssetFilter | None, Says("what the assets have in common")] = None,
    limit: Limit = None,
    page_size: PageSize = MAX_ROWS,
) -> Items[CenterAsset]:
    """The assets of a Business Center, page by page."""
    asked = {"bc_id": bc_id, "asset_type": asset_type, "filtering": filtering}
    return walk(session, business.BC_ASSET_GET, asked, limit=limit, page_size=page_size)


def all_center_members(
    session: Session,
    *,
    bc_id: Annotated[str, Says("the Business Center")],
    filtering: Annotated[MemberFilter | None, Says("what the members have in common")] = None,
    limit: Limit = None,
    page_size: PageSize = MAX_ROWS,
) -> Items[Member]:
    """The members of a Business Center, page by page."""
    asked = {"bc_id": bc_id, "filtering": filtering}
    return walk(session, business.BC_MEMBER_GET, asked, limit=limit, page_size=page_size)
