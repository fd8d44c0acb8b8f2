"""How the pages of an operation's answers go on: data, which one walker in the client reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CursorPaging:
    """Each answer says where the next page begins.

    The answer has `has_more` and the members that `carried` names; the request of the next page
    repeats them. The walk ends with a page that has no next one, or that repeats the first of
    them.
    """

    items: str
    """The member of the answer that is the list."""
    max_size: int
    """The most items that a page can have."""
    size: str = "max_count"
    """The member of the request that bounds a page."""
    carried: tuple[str, ...] = ("cursor",)
    last: int | None = None
    """The greatest cursor that TikTok takes."""
    one_size: bool = False
    """All pages of a walk are asked for in one size, also where fewer items are wanted."""

    def first(self, size: int) -> dict[str, Any]:
        """What asks for a page of at most `size` items, the first one where nothing is carried."""
        return {self.size: size}

    def after(self, asked: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
        """What asks for the page after `answer`, which `asked` brought; None: it was the last."""
        leading = self.carried[0]
        carried = {name: getattr(answer, name) for name in self.carried}
        cursor = carried[leading]
        if not answer.has_more or cursor in (None, "") or cursor == asked.get(leading):
            return None
        if self.last is not None and cursor > self.last:
            return None
        return carried

    def fitting(self, size: int, left: int | None) -> int:
        """The size to ask for when `left` more items are wanted."""
        return size if left is None or self.one_size else min(size, left)


@dataclass(frozen=True, slots=True)
class NumberedPaging:
    """Pages have numbers from 1, all of one size.

    The walk ends after the page that `total` says is the last; without it, after one that isn't
    full.
    """

    items: str
    max_size: int
    size: str = "page_size"
    page: str = "page"
    total: tuple[str, ...] = ()
    """The path to the number of pages in an answer, such as page_info, total_page."""

    def first(self, size: int) -> dict[str, Any]:
        """What asks for the first page of `size` items."""
        return {self.size: size, self.page: 1}

    def after(self, asked: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
        """What asks for the page after `answer`, which `asked` brought; None: it was the last."""
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
        """The size to ask for: always the same, since numbers count pages of one size."""
        return size


Paging = CursorPaging | NumberedPaging


def items_of(paging: Paging, answer: Any) -> Sequence[Any]:
    """The items of an answer."""
    found: Sequence[Any] = getattr(answer, paging.items)
    return found
