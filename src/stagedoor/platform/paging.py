"""Paging of an operation's answers, as data that the client's page iterator reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .records import frozen


class CursorStandsStill(Exception):
    """An answer has more pages, but its cursor leads to none: it is missing or the request's."""

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(f"has_more is true, and {member} doesn't move")


@frozen
class CursorPaging:
    """Paging by cursor.

    The answer has `has_more` and the members that `carried` names; the request for the next page
    repeats those members. Iteration ends with the last page. A page that isn't the last has to
    move the cursor (the first of those members): without that, the next page can't be requested.
    """

    items: str
    """The answer's member that holds the list."""
    max_size: int
    """The maximum number of items of a page."""
    size: str = "max_count"
    """The request's member for the page size."""
    carried: tuple[str, ...] = ("cursor",)
    last: int | None = None
    """The greatest cursor that TikTok takes."""
    one_size: bool = False
    """Request all pages with the same size, even if fewer items are wanted."""
    may_stand_still: bool = False
    """A cursor that doesn't move ends the iteration: TikTok is known to answer so."""
    within: str = ""
    """The answer's member that holds `has_more` and the carried members; empty: the answer."""
    repeated: str | None = None
    """The member by which an item is recognised where TikTok repeats items on later pages."""

    @property
    def place(self) -> tuple[str, ...]:
        """The request's members that say which page is asked for."""
        return self.carried

    def first(self, size: int) -> dict[str, Any]:
        """The members for a page of at most `size` items; alone, they request the first page."""
        return {self.size: size}

    def after(self, asked: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
        """The request members for the page after `answer`, which `asked` returned; None: last.

        Raises `CursorStandsStill`.
        """
        leading = self.carried[0]
        place = getattr(answer, self.within) if self.within else answer
        carried = {name: getattr(place, name) for name in self.carried}
        cursor = carried[leading]
        if not place.has_more:
            return None
        if cursor in (None, "") or cursor == asked.get(leading):
            if self.may_stand_still:
                return None
            raise CursorStandsStill(leading)
        if self.last is not None and cursor > self.last:
            return None
        return carried

    def fitting(self, size: int, left: int | None) -> int:
        """The page size to request when `left` more items are wanted."""
        return size if left is None or self.one_size else min(size, left)


@frozen
class NumberedPaging:
    """Paging by page number, from 1; all pages have the same size.

    Iteration ends with the page whose number is the page count at `total`; without `total`, with
    the first page that isn't full.
    """

    items: str
    max_size: int
    size: str = "page_size"
    page: str = "page"
    total: tuple[str, ...] = ()
    """The path of the page count in an answer, such as page_info, total_page."""
    repeated: str | None = None
    """As in `CursorPaging`."""

    @property
    def place(self) -> tuple[str, ...]:
        """The request's members that say which page is asked for."""
        return (self.page,)

    def first(self, size: int) -> dict[str, Any]:
        """The request members for the first page of `size` items."""
        return {self.size: size, self.page: 1}

    def after(self, asked: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
        """The request members for the page after `answer`, which `asked` returned; None: last."""
        number: int = asked[self.page]
        if self.total:
            found = answer
            for name in self.total:
                found = getattr(found, name, None)
            more = isinstance(found, int) and number < found
        else:
            more = len(items_of(self, answer)) >= asked[self.size]
        return {self.page: number + 1} if more else None

    def fitting(self, size: int, left: int | None) -> int:
        """The page size to request: always the same, since page numbers depend on the size."""
        return size


Paging = CursorPaging | NumberedPaging


def items_of(paging: Paging, answer: Any) -> Sequence[Any]:
    """The items of an answer."""
    found: Sequence[Any] = getattr(answer, paging.items)
    return found
