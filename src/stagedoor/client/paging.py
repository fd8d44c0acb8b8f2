"""Iteration through the pages of an operation, by its declared paging."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.paging import CursorStandsStill, NumberedPaging, Paging, items_of

from .effects import Emit, Flow, Items, Reached
from .errors import BadRequest, InvalidRequest, UnexpectedAnswer
from .hosts import Hosts
from .place import SearchResumption, WalkPlace
from .session import Session, build, call

_REAL = Hosts()

Fetch = Callable[[dict[str, Any]], Flow[Any]]


def walk(
    session: Session,
    operation: Operation[..., Any],
    asked: dict[str, Any],
    *,
    limit: int | None = None,
    page_size: int | None = None,
    resume: WalkPlace | None = None,
) -> Items[Any]:
    """The items of all pages, at most `limit`; pages are fetched on demand.

    With `page_size` None, pages have the maximum size. A short page isn't the end: TikTok drops
    deleted and private posts from pages. `resume` is the place where an earlier walk ended. Raises
    `UnexpectedAnswer` after the items of a page that leads to no next one although TikTok says that
    there are more.
    """
    return walk_each(session, operation, (asked,), limit=limit, page_size=page_size, resume=resume)


def walk_each(
    session: Session,
    operation: Operation[..., Any],
    requests: Iterable[dict[str, Any]],
    *,
    limit: int | None = None,
    page_size: int | None = None,
    resume: WalkPlace | None = None,
    fetch: Fetch | None = None,
    search: SearchResumption | None = None,
) -> Items[Any]:
    """`walk` through the pages of several requests in turn; `limit` applies to their total.

    `fetch` replaces the plain call that fetches a page; `search` says how to go on where TikTok has
    forgotten a search.
    """
    paging = operation.paging
    if paging is None:
        raise TypeError(f"{operation.id} declares no paging")
    fetch = fetch or _plainly(session, operation)
    firsts = [request | paging.first(page_size or paging.max_size) for request in requests]
    place = _first_place(session, operation, firsts, 0 if resume is None else resume.number)
    if resume is not None:
        place = _belonging(operation, resume, place)
    is_new, given, searched_anew = _Unseen(paging, search), 0, False
    while place is not None:
        yield Reached(place)
        left = None if limit is None else limit - given
        if left == 0:
            return None
        asked = firsts[place.number] | place.page
        asked[paging.size] = paging.fitting(asked[paging.size], left)
        try:
            page = yield from fetch(asked)
        except BadRequest as error:
            if search is None or not place.anew or not search.is_lost(asked, error):
                raise
            if searched_anew:  # and nothing was found since: it would never end
                raise
            searched_anew = True
            place = place.model_copy(update={"page": place.anew})
            continue
        found = list(filter(is_new, items_of(paging, page)))
        searched_anew = searched_anew and not found
        shown = found[:left]
        further: WalkPlace | None = place
        broken: CursorStandsStill | None = None
        if len(shown) == len(found):  # else this page isn't done
            try:
                members = paging.after(asked, page)
            except CursorStandsStill as error:
                broken = error
            else:
                further = _after(session, place, asked, members, paging)
                if further is None:
                    further = _first_place(session, operation, firsts, place.number + 1)
                elif search is not None and found:
                    anew = search.anew(found[-1])
                    further = further.model_copy(update={"anew": anew})
        yield from _emitted(shown, further)
        given += len(shown)
        if broken is not None and left != len(shown):
            raise UnexpectedAnswer(
                f"{operation.id}: has_more is true, but {broken.member} leads to no further "
                "page: it is missing, or the same as before. The items so far are TikTok's; "
                "the ones after them can't be reached.",
                200,
            )
        place = further
    return None


def _first_place(
    session: Session,
    operation: Operation[..., Any],
    requests: Sequence[dict[str, Any]],
    number: int,
) -> WalkPlace | None:
    """The place of the first page of one of the requests; None if there is no such request.

    Raises `InvalidRequest` for a wrong request.
    """
    if number >= len(requests):
        return None
    paging = operation.paging
    if paging is None:
        raise TypeError(f"{operation.id} declares no paging")
    request = build(operation, session.filled(operation, requests[number]))
    text = request.model_dump_json(exclude={*paging.place, paging.size})
    where = session.hosts.url(operation)
    if where != _REAL.url(operation):
        text = f"{where} {text}"
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    return WalkPlace(operation=operation.id, asked=digest, number=number, at=session.now())


def _belonging(
    operation: Operation[..., Any], place: WalkPlace, first: WalkPlace | None
) -> WalkPlace:
    """The place, which has to be one of the request whose first page is at `first`.

    Raises `InvalidRequest`.
    """
    if first is None or (place.operation, place.asked) != (first.operation, first.asked):
        why = (
            "is the place of another walk: pass the arguments of the walk that it is from, "
            "and ask the same TikTok"
        )
        raise InvalidRequest(operation.id, [("resume", why)])
    return place


def _emitted(items: list[Any], further: WalkPlace | None) -> Items[Any]:
    """Emit a page's items. The last one is emitted after the next page's place is told, since a
    caller who has it may take no further step."""
    for item in items[:-1]:
        yield Emit(item)
    yield Reached(further)
    for item in items[-1:]:
        yield Emit(item)
    return None


def _after(
    session: Session,
    place: WalkPlace,
    asked: dict[str, Any],
    members: dict[str, Any] | None,
    paging: Paging,
) -> WalkPlace | None:
    """The place of the request's page with these members; None after the last page."""
    if members is None:
        return None
    kept = {name: value for name, value in place.page.items() if name not in paging.place}
    if isinstance(paging, NumberedPaging):  # page numbers mean nothing without the size
        kept[paging.size] = asked[paging.size]
    return place.model_copy(update={"page": kept | members, "at": session.now()})


class _Unseen:
    """Tells the items that no earlier page had, where TikTok or a new search repeats some."""

    def __init__(self, paging: Paging, search: SearchResumption | None) -> None:
        self._name, self._search = paging.repeated, search
        self._seen: set[Hashable] = set()
        self._anew: dict[str, Any] = {}

    def __call__(self, item: Any) -> bool:
        if self._search is not None:
            anew = self._search.anew(item)
            if anew != self._anew:  # a new search would no longer give what came before
                self._seen.clear()
                self._anew = anew
            return self._is_new(self._search.key(item)) if anew else True
        return self._name is None or self._is_new(getattr(item, self._name))

    def _is_new(self, key: Hashable) -> bool:
        new = key not in self._seen
        self._seen.add(key)
        return new


def _plainly(session: Session, operation: Operation[..., Any]) -> Fetch:
    def fetch(asked: dict[str, Any]) -> Flow[Any]:
        return call(session, operation, asked)

    return fetch
