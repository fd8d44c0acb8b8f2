"""The kinds of research jobs, derived from the declared operations of the Research API.

Each operation that reads under a daily quota is a kind. A job makes the operation's requests one
after another, reads all pages of each, and splits a range of days into those that TikTok takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel, create_model
from pydantic.alias_generators import to_camel

from stagedoor.client.errors import InvalidRequest
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation, OperationEffect, Quota, Resource
from stagedoor.platform.paging import CursorPaging, Paging, items_of
from stagedoor.platform.products.research.query import read_date, windows, write_date

from ..publishing.camel import camelled, spelled_answer
from ..shapes import Model

FIRST_DAY, LAST_DAY = "start_date", "end_date"
SEARCH = "search_id"
_ID, _POSTED = "id", "create_time"
_NO_PLACE = ("is_random",)
"""Fields of requests that aren't about which items: a random sample has no pages."""
_EXAMPLES: Mapping[str, Any] = {
    "query": {"and": [{"fieldName": "hashtag_name", "operation": "EQ", "fieldValues": ["bakery"]}]},
    FIRST_DAY: "2026-01-01",
    LAST_DAY: "2026-06-30",
    "username": "maracooks",
    "video_id": "7480000000000000001",
    "playlist_id": "7490000000000000001",
    "shop_name": "Mara's kitchen",
    "shop_id": "7495000000000000001",
    "product_id": "1729000000000000001",
}
_DESCRIPTIONS: Mapping[str, str] = {
    "query": "which videos: TikTok's conditions, which all hold (`and`), one of which holds "
    "(`or`), or none of which holds (`not`)",
    LAST_DAY: "the last UTC day, which is included; a range that is longer than TikTok takes is "
    "split into several",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a job: one request, or one of the ranges of days that its range is split into."""

    request: int
    """The index of the request."""
    first_day: str | None = None
    last_day: str | None = None


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job, by the name of its operation."""

    name: str
    operation: Operation[..., Any]
    quota: Quota
    request: type[BaseModel] = field(repr=False)
    """A request as callers write it: in camelCase, without the fields that say which page."""
    item: str | None
    """The answer's member that holds the items; None: the answer itself is the only one."""

    @classmethod
    def of(cls, operation: Operation[..., Any]) -> JobKind:
        """Raises `TypeError` for an operation without a quota."""
        if operation.quota is None:
            raise TypeError(f"{operation.id} has no quota")
        paging = operation.paging
        model: Any = operation.request
        hidden = {*_NO_PLACE} | ({paging.size, *paging.place} if paging else set())
        given: dict[str, Any] = {}
        for name, (annotation, info) in camelled(model).items():
            if name not in hidden:
                info.description = _DESCRIPTIONS.get(name, info.description)
                info.examples = [_EXAMPLES[name]] if name in _EXAMPLES else None
                given[name] = annotation, info
        item = paging.items if paging else _listed(operation.response)
        return cls(operation.public_name, operation, operation.quota, _body(operation, given), item)

    @property
    def paging(self) -> Paging | None:
        return self.operation.paging

    @property
    def searches(self) -> bool:
        """Whether pages belong to a search at TikTok, which can be lost."""
        return isinstance(self.paging, CursorPaging) and SEARCH in self.paging.carried

    @property
    def page_size(self) -> int:
        """The largest number of rows of one request."""
        return self.paging.max_size if self.paging else 1

    @property
    def most_pages(self) -> int | None:
        """The largest number of pages of one request; None: it depends on what TikTok has."""
        if self.paging is None:
            return 1
        last = self.paging.last if isinstance(self.paging, CursorPaging) else None
        return None if last is None else -(-(last + 1) // self.paging.max_size)

    @property
    def columns(self) -> Sequence[str]:
        """The names of a row's fields, in TikTok's spelling."""
        if self.item is None:
            return tuple(self.operation.response.model_fields)
        model = self._item_model
        return (_ID,) if model is None else tuple(model.model_fields)

    def fields_of(self, asked: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """The fields of the rows of a job with these requests, in TikTok's spelling."""
        named = {name for request in asked for name in _names(request)}
        return [one for one in self.columns if not named or one in named]

    @property
    def _item_model(self) -> type[BaseModel] | None:
        return None if self.item is None else _model_in(self.operation.response, self.item)

    def stored(self, asked: BaseModel) -> dict[str, Any]:
        """TikTok's request, as a job keeps it. Raises `InvalidRequest`."""
        values = {name: getattr(asked, name) for name in asked.model_fields_set}
        plain = {
            name: one.model_dump() if isinstance(one, BaseModel) else one
            for name, one in values.items()
        }
        if FIRST_DAY in plain:
            first, last = read_date(str(plain[FIRST_DAY])), read_date(str(plain[LAST_DAY]))
            if last < first:
                raise InvalidRequest(self.operation.id, [(LAST_DAY, "is before start_date")])
            whole = {FIRST_DAY: write_date(first), LAST_DAY: write_date(last)}
            plain |= {FIRST_DAY: whole[LAST_DAY]}
        else:
            whole = {}
        request: BaseModel = self.operation.request(**plain)
        return request.model_dump(mode="json", by_alias=True, exclude_none=True) | whole

    def units(self, asked: Sequence[Mapping[str, Any]]) -> Iterator[Unit]:
        """The parts of a job with these requests, in the order in which they are read."""
        for number, request in enumerate(asked):
            if FIRST_DAY not in request:
                yield Unit(number)
                continue
            first, last = read_date(request[FIRST_DAY]), read_date(request[LAST_DAY])
            for begin, end in windows(first, last):
                yield Unit(number, write_date(begin), write_date(end))

    def asks_for(self, request: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
        """The fields of TikTok's request for a unit, without those that say which page."""
        values = dict(request)
        if unit.first_day is not None:
            values |= {FIRST_DAY: unit.first_day, LAST_DAY: unit.last_day}
        if self.searches:
            given = _names(values)
            values["fields"] = (*given, *(one for one in (_ID, _POSTED) if one not in given))
        return values

    def rows(self, answer: BaseModel, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of an answer, with the fields that were asked for."""
        if self.item is None:
            return [spelled_answer(answer, only_sent=True)]
        extra = set()
        if self.searches:
            extra = {"id", "createTime"} - {to_camel(one) for one in _names(request)}
        rows = []
        for one in getattr(answer, self.item):
            row = spelled_answer(one, only_sent=True) if isinstance(one, BaseModel) else {_ID: one}
            rows.append({name: value for name, value in row.items() if name not in extra})
        return rows

    def ids(self, answer: BaseModel) -> list[int]:
        """The ids of an answer's items, of a kind that searches; 0 for one without."""
        found = [getattr(one, _ID) for one in items_of(_of(self.paging), answer)]
        return [int(one) if one and one.isdecimal() else 0 for one in found]

    def last_posted(self, answer: BaseModel) -> int | None:
        """When the last item of an answer was posted, in Unix seconds."""
        times = [getattr(one, _POSTED) for one in items_of(_of(self.paging), answer)]
        return next((one for one in reversed(times) if one is not None), None)


def _of(paging: Paging | None) -> Paging:
    if paging is None:
        raise TypeError("the operation has no pages")
    return paging


def _names(request: Mapping[str, Any]) -> tuple[str, ...]:
    given = request.get("fields", ())
    return tuple(given.split(",")) if isinstance(given, str) else tuple(given)


def _body(operation: Operation[..., Any], given: dict[str, Any]) -> type[BaseModel]:
    name = "".join(part.title() for part in operation.public_name.split("-"))
    made: type[BaseModel] = create_model(
        f"{name}Request",
        __base__=Model,
        __doc__=f"{operation.summary}: a request of a job of the kind {operation.public_name}.",
        __module__=__name__,
        **given,
    )
    return made


def _listed(answer: type[BaseModel]) -> str | None:
    """The member of an answer without pages that holds a list of objects."""
    return next((name for name in answer.model_fields if _model_in(answer, name)), None)


def _model_in(answer: type[BaseModel], name: str) -> type[BaseModel] | None:
    annotation = answer.model_fields[name].annotation
    if get_origin(annotation) is not tuple:
        return None
    first = get_args(annotation)[0]
    return first if isinstance(first, type) and issubclass(first, BaseModel) else None


def _kinds() -> dict[str, JobKind]:
    declared = catalogue.operations().values()
    found = (
        JobKind.of(one)
        for one in declared
        if one.resource is Resource.RESEARCH and one.effect is OperationEffect.READ and one.quota
    )
    return {kind.name: kind for kind in found}


KINDS: Mapping[str, JobKind] = _kinds()
"""By name."""
