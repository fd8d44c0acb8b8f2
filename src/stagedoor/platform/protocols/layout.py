"""The places of a request's fields: in the query, in the body, or in both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from ..encodable import first_problem
from ..files import is_file, takes_content
from ..model import Filled, In
from .protocol import Malformed, ProtocolOperation, pairs

_BODILESS = frozenset({"GET", "PUT"})


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A request's model with the places of its fields."""

    model: type[BaseModel]
    query: frozenset[str]
    body: frozenset[str]
    required: frozenset[str]
    """A request without these fields is refused, whatever default the constructor has."""
    or_body: frozenset[str]
    """Query fields that may be in the body instead."""
    has_file: bool
    """A field of the body is a file; the body of a request with one is multipart."""
    filled: frozenset[str] = frozenset()
    """Fields that the client fills in; a receiver refuses a request without them."""
    files: frozenset[str] = frozenset()
    """The fields of the body that are files."""
    always_file: bool = False
    """One of them is required, so the body is multipart in every request."""
    takes_content: bool = False
    """One of them takes a `FileContent`: a receiver writes it to disk instead of reading it."""

    def sends_file(self, request: BaseModel) -> bool:
        """Whether this request has a file."""
        return any(getattr(request, name) is not None for name in self.files)

    def validated(self, raw: dict[str, Any], marks: frozenset[str]) -> Any:
        """Validate the request from strings, as queries and forms have them."""
        return self.model.model_validate_strings(encodable(raw), extra="ignore", context=marks)

    def in_query(self, query: str) -> dict[str, str]:
        """Parse the fields of a query string; `Malformed` if a required field is missing."""
        raw = {name: value for name, value in pairs(query) if name in self.query}
        self.complete(raw, besides=self.or_body)
        return raw

    def complete(self, given: Mapping[str, Any], besides: frozenset[str] = frozenset()) -> None:
        """Raise `Malformed` if a required field is missing."""
        missing = self.required - besides - given.keys()
        if missing:
            raise Malformed(tuple((name, "is missing") for name in sorted(missing)))


def layout(operation: ProtocolOperation) -> Layout:
    """The layout of an operation's request."""
    return _layout(operation.request, operation.method in _BODILESS)


@cache
def _layout(model: Callable[..., Any], bodiless: bool) -> Layout:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{model} is declared as a request and is no model")
    marks = {
        name: mark
        for name, info in model.model_fields.items()
        for mark in info.metadata
        if isinstance(mark, In)
    }
    query = frozenset(model.model_fields) if bodiless else frozenset(marks)
    both = frozenset() if bodiless else frozenset(n for n, mark in marks.items() if mark.and_body)
    body = frozenset(model.model_fields) - query | both
    files = frozenset(n for n in body if is_file(model.model_fields[n].annotation))
    return Layout(
        model,
        query,
        body,
        frozenset(name for name, mark in marks.items() if mark.required),
        frozenset(name for name, mark in marks.items() if mark.or_body),
        bool(files),
        filled_names(model),
        files,
        any(model.model_fields[name].is_required() for name in files),
        any(takes_content(model.model_fields[name].annotation) for name in files),
    )


@cache
def filled_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields that the client fills in, and that no other field can replace."""
    return frozenset(
        name
        for name, one in model.model_fields.items()
        if any(
            isinstance(mark, Filled) and not (mark.unless or mark.or_token) for mark in one.metadata
        )
    )


@cache
def own_names(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a request that authenticate the app."""
    return frozenset(
        name
        for name, one in model.model_fields.items()
        if any(isinstance(mark, Filled) and mark.own for mark in one.metadata)
    )


def takes_token(model: type[BaseModel]) -> bool:
    """Whether an access token in the header can take the place of a request's secret."""
    return any(
        isinstance(mark, Filled) and mark.or_token
        for one in model.model_fields.values()
        for mark in one.metadata
    )


def page_layout(request: Callable[..., Any]) -> Layout:
    """The layout of the parameters of a browser page: all in the query."""
    return _layout(request, True)


def encodable(given: dict[str, Any]) -> dict[str, Any]:
    """Return `given`; `Malformed` if a string in it can't be stored or sent."""
    problem = first_problem(given)
    if problem is not None:
        raise Malformed((problem,))
    return given


def known(sent: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The members of `sent` with these names."""
    return {name: value for name, value in sent.items() if name in names}
