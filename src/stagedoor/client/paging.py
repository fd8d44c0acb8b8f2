"""Iteration through the pages of an operation, by its declared paging."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.paging import CursorStandsStill, Paging, items_of

from .effects import Emit, Flow, Items
from .errors import UnexpectedAnswer
from .session import Session, call

Fetch = Callable[[dict[str, Any]], Flow[Any]]


def walk(
    session: Session,
    operation: Operation[..., Any],
    asked: dict[str, Any],
    *,
    limit: int | None = None,
    page_size: int | None = None,
    fetch: Fetch | None = None,
) -> Items[Any]:
    """The items of all pages, at most `limit`; pages are fetched on demand.

    With `page_size` None, pages have the maximum size. A short page isn't the end: TikTok drops
    deleted and private posts from pages. `fetch` replaces the plain call that fetches a page.
    Raises `UnexpectedAnswer` after the items of a page that leads to no next one although
    TikTok says that there are more.
    """
    return walk_each(session, operation, (asked,), limit=limit, page_size=page_size, fetch=fetch)


def walk_each(
    session: Session,
    operation: Operation[..., Any],
    requests: Iterable[dict[str, Any]],
    *,
    limit: int | None = None,
    page_size: int | None = None,
    fetch: Fetch | None = None,
) -> Items[Any]:
    """`walk` through the pages of several requests in turn; `limit` applies to their total."""
    paging = operation.paging
    if paging is None:
        raise TypeError(f"{operation.id} declares no paging")
    fetch = fetch or _plainly(session, operation)
    size = page_size or paging.max_size
    given = 0
    is_new = _unseen(paging)
    for request in requests:
        asked: dict[str, Any] | None = request | paging.first(size)
        while asked is not None:
            if limit is not None and given >= limit:
                return None
            asked[paging.size] = paging.fitting(size, None if limit is None else limit - given)
            page = yield from fetch(asked)
            for item in filter(is_new, items_of(paging, page)):
                if limit is not None and given >= limit:
                    return None
                given += 1
                yield Emit(item)
            if limit is not None and given >= limit:
                return None
            try:
                further = paging.after(asked, page)
            except CursorStandsStill as error:
                raise UnexpectedAnswer(
                    f"{operation.id}: has_more is true, but {error.member} leads to no further "
                    "page: it is missing, or the same as before. The items so far are TikTok's; "
                    "the ones after them can't be reached.",
                    200,
                ) from None
            asked = None if further is None else asked | further
    return None


def _unseen(paging: Paging) -> Callable[[Any], bool]:
    """Tells, by the member that `repeated` names, the items that no earlier page had."""
    name, seen = paging.repeated, set[Any]()
    if name is None:
        return lambda _: True

    def is_new(item: Any) -> bool:
        key = getattr(item, name)
        new = key not in seen
        seen.add(key)
        return new

    return is_new


def _plainly(session: Session, operation: Operation[..., Any]) -> Fetch:
    def fetch(asked: dict[str, Any]) -> Flow[Any]:
        return call(session, operation, asked)

    return fetch
