"""Pages by number, as TikTok API for Business answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from stagedoor.platform.products.business.common import PageInfo

T = TypeVar("T")

DEFAULT_SIZE = 10


def page_of(
    rows: Sequence[T], page: int | None, page_size: int | None, default: int = DEFAULT_SIZE
) -> tuple[Sequence[T], PageInfo]:
    """The rows of a page, and its place. A page past the end is empty (`paging_page_mode`)."""
    number, size = page or 1, page_size or default
    start = (number - 1) * size
    return rows[start : start + size], page_info(len(rows), number, size)


def page_info(total: int, page: int, page_size: int) -> PageInfo:
    """The place of a page among `total` rows."""
    pages = -(-total // page_size)
    return PageInfo(page=page, page_size=page_size, total_number=total, total_page=pages)
