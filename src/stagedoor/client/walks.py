"""The parameters of a walk, derived from the request of the operation whose pages it fetches.

    class AllCampaigns(Walked[Campaign], CampaignQuery):
        '''All matching campaigns, newest first; pages are fetched on demand.'''

A walk takes the fields of one page's request, without those that say which page, and
`page_size`, `limit` and `resume`. Type checkers derive the same from the class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import PrivateAttr
from pydantic.fields import FieldInfo

from stagedoor.platform.arguments import ArgumentRule, AtLeast, check_values, rule_of
from stagedoor.platform.model import Filled, Request, says
from stagedoor.platform.operation import Operation

from .effects import Items
from .paging import walk
from .place import RESUME, WalkPlace
from .session import Session

T = TypeVar("T")
_OWN = ("page_size", "limit", "resume")


class Walked(Request, Generic[T]):
    """Base of the parameters of a walk that yields items of type `T`; it stands before the request.

    A subclass has the docstring of the method. It can give a field another default, or another
    name: its own field with the request's name as `serialization_alias`.
    """

    fixed: ClassVar[Mapping[str, Any]] = {}
    """Values of the request that a caller can't choose."""

    if TYPE_CHECKING:  # the parameters that no walk takes: a private field is none
        page: Any = PrivateAttr()
        cursor: Any = PrivateAttr()
        search_id: Any = PrivateAttr()
        max_count: Any = PrivateAttr()

    page_size: Annotated[
        int | None,
        AtLeast(1),
        says("how many items to ask for in one request; None: as many as TikTok allows"),
    ] = None
    limit: Annotated[int | None, AtLeast(0), says("at most this many items; None: all of them")] = (
        None
    )
    resume: Annotated[WalkPlace | None, says(RESUME)] = None


class WalkPlan(Generic[T]):
    """How a walk's arguments become requests: computed once from its class and its operation."""

    def __init__(self, operation: Operation[..., Any], takes: Callable[..., Walked[T]]) -> None:
        if operation.paging is None:
            raise TypeError(f"{operation.id} declares no paging")
        request: Any = operation.request
        if not (
            isinstance(takes, type) and issubclass(takes, Walked) and issubclass(takes, request)
        ):
            raise TypeError(f"{operation.id} needs a class of Walked and {request.__name__}")
        self.operation, self.takes, self.doc = operation, takes, takes.__doc__ or ""
        names = {name: one.serialization_alias or name for name, one in takes.model_fields.items()}
        renamed = {target for name, target in names.items() if name != target}
        hidden = {operation.paging.size, *operation.paging.place, *takes.fixed, *renamed}
        self._names = {
            name: target
            for name, target in names.items()
            if name not in (*_OWN, *hidden) and not is_clients(takes.model_fields[name])
        }
        self.fields = {name: takes.model_fields[name] for name in (*self._names, *_OWN)}
        declared = request.model_fields
        self._rules = {
            name: _rule(field) for name, field in self.fields.items() if name not in declared
        } | {name: _rule(self.fields[name]) for name in _OWN}
        self._defaults = dict(takes.fixed) | {
            target: self.fields[name].get_default()
            for name, target in self._names.items()
            if not self.fields[name].is_required()
            and (
                target not in declared
                or declared[target].get_default() != self.fields[name].get_default()
            )
        }

    @property
    def item(self) -> Any:
        """The type of the items."""
        for kind in self.takes.__mro__:
            arguments = getattr(kind, "__pydantic_generic_metadata__", {}).get("args")
            if arguments:
                return arguments[0]
        return Any

    def flow(self, session: Session, name: str, values: Mapping[str, Any]) -> Items[T]:
        """The items of all pages; `name` is that of the method, for errors."""
        check_values(f"{name}()", self._rules, values)
        asked = {self._names[one]: value for one, value in values.items() if one in self._names}
        own = {one: values.get(one) for one in _OWN}
        return walk(session, self.operation, self._defaults | asked, **own)


def is_clients(field: FieldInfo) -> bool:
    """Whether the client alone fills in the field of a request, so that it is no parameter."""
    return any(isinstance(mark, Filled) and mark.own for mark in field.metadata)


def _rule(field: FieldInfo) -> ArgumentRule:
    kind = field.annotation
    return rule_of(Annotated[(kind, *field.metadata)] if field.metadata else kind)
