"""Collections of entities with indices that every change updates.

A product declares a `EntityCollection` for each kind of its entities, and an `Index` or a `Total`
for each way in which its handlers look them up; `world[VIDEOS]` is the table of one world.

An index can't become stale: its functions get only the values of the declared fields, and every
assignment to a field of an entity in a table goes through the table, which updates the indices
over that field. A value that can change without an assignment (a list, a dict) can't be hashed, so
an index over it is refused.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, MutableMapping, Sequence
from collections.abc import ValuesView as Values
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Generic, Protocol, Self, TypeVar, overload

from stagedoor.platform.collecting import without_collecting

_MANY = 1_000
"""With at least this many new entities, indices are dropped and rebuilt on their next use."""


class Entity:
    """Base of all entities, which are dataclasses with slots."""

    __slots__ = ("_number", "_table")
    _number: int
    """The entity's number in the order of insertion, once it is in a table."""
    _table: EntityTable[Any] | None

    def __new__(cls, *_: object, **__: object) -> Self:
        made = object.__new__(cls)
        object.__setattr__(made, "_table", None)
        return made

    def __setattr__(
        self, name: str, value: object, plain: Callable[..., None] = object.__setattr__
    ) -> None:
        # a new entity's fields come here, too: thousands of them, whenever a world is seeded
        if (table := self._table) is None:
            plain(self, name, value)
        else:
            table.change(self, name, value)

    def changed(self) -> None:
        """Called after a field changed, while the entity is in a table."""


E = TypeVar("E", bound=Entity)
T = TypeVar("T")

Listener = Callable[[Any, str, E | None], None]
"""Called before a change with the world (which this module doesn't know), the key and the entity;
None as the entity: it is about to be added."""


def _itself(*values: Hashable) -> Iterable[Hashable]:
    return values if len(values) == 1 else (values,)


@dataclass(eq=False)
class Index(Generic[E]):
    """Groups entities by `keys` of the fields `on`, each group ordered by `order` of `by`.

    `keys` returns all keys of an entity, possibly none; default: the field's value, or several
    fields' values as a tuple. Without `by`, a group is in the order of insertion.
    """

    on: tuple[str, ...] = ()
    keys: Callable[..., Iterable[Hashable]] = _itself
    by: tuple[str, ...] = ()
    order: Callable[..., Any] = lambda *values: values


@dataclass(eq=False)
class Total(Generic[E]):
    """Sums by key: `amounts` of the fields `on` returns pairs of a key and a number."""

    on: tuple[str, ...]
    amounts: Callable[..., Iterable[tuple[Hashable, int]]]


class EntityCollection(Generic[E]):
    """A kind of entities in a world. `key` names the fields of an entity's key.

    Without a key, the entities are numbered. `listeners` are called before every change.
    """

    def __init__(self, name: str, entity: type[E], key: str | tuple[str, ...] = "id") -> None:
        self.name, self.entity = name, entity
        self.key = (key,) if isinstance(key, str) else key
        self.listeners: list[Listener[E]] = []


class Value(Generic[T]):
    """A single value in a world; `saved` says whether a state file includes it."""

    def __init__(self, name: str, kind: type[T], make: Callable[[], T], saved: bool = True) -> None:
        self.name, self.kind, self.make, self.saved = name, kind, make, saved


Declared = EntityCollection[Any] | Value[Any]


class IndexGroup(Sequence[E]):
    """The entities of one key of an index, in the index's order."""

    __slots__ = ("items", "places")

    def __init__(self) -> None:
        self.items: list[E] = []
        self.places: list[Any] = []
        """The sort key of each item."""

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[E]:
        return iter(self.items)

    @overload
    def __getitem__(self, at: int) -> E: ...
    @overload
    def __getitem__(self, at: slice) -> list[E]: ...
    def __getitem__(self, at: int | slice) -> E | list[E]:
        return self.items[at]

    def start(self, place: Any) -> int:
        """The number of the first item whose sort key isn't less than `place`."""
        return bisect_left(self.places, place)

    def walk(self, start: int = 0, end: int | None = None) -> Iterator[E]:
        """Iterate over the items from number `start` to before `end`, without copying them."""
        for number in range(start, len(self.items) if end is None else end):
            yield self.items[number]

    def put(self, place: Any, entity: E) -> None:
        at = bisect_right(self.places, place)
        self.places.insert(at, place)
        self.items.insert(at, entity)

    def take(self, place: Any, entity: E) -> None:
        at = bisect_left(self.places, place)
        while self.items[at] is not entity:
            at += 1
        del self.places[at], self.items[at]


class _Structure(Protocol):
    """A structure derived from a table's entities: an index or a total."""

    fields: frozenset[str]

    def entry(self, entity: Any, /) -> Any: ...
    def put(self, entity: Any, entry: Any, /) -> None: ...
    def take(self, entity: Any, entry: Any, /) -> None: ...


class _Groups(Generic[E]):
    @without_collecting
    def __init__(self, index: Index[E], entities: Iterable[E]) -> None:
        self.fields = frozenset(index.on + index.by)
        self._index = index
        self._on, self._by = _reader(index.on), _reader(index.by)
        self._groups: dict[Hashable, IndexGroup[E]] = {}
        gathered: dict[Hashable, list[tuple[Any, E]]] = {}
        for entity in entities:
            keys, place = self.entry(entity)
            for key in keys:
                gathered.setdefault(key, []).append((place, entity))
        for key, pairs in gathered.items():
            pairs.sort(key=lambda pair: pair[0])
            group = self._groups[key] = IndexGroup()
            group.places = [place for place, _ in pairs]
            group.items = [entity for _, entity in pairs]

    def entry(self, entity: E) -> tuple[tuple[Hashable, ...], Any]:
        index, on, by = self._index, self._on(entity), self._by(entity)
        hash((on, by))  # refuses values that could change without an assignment
        place = index.order(*by) if by else entity._number
        return tuple(dict.fromkeys(index.keys(*on))), place

    def put(self, entity: E, entry: tuple[tuple[Hashable, ...], Any]) -> None:
        for key in entry[0]:
            self._groups.setdefault(key, IndexGroup()).put(entry[1], entity)

    def take(self, entity: E, entry: tuple[tuple[Hashable, ...], Any]) -> None:
        for key in entry[0]:
            group = self._groups[key]
            group.take(entry[1], entity)
            if not group.items:
                del self._groups[key]

    def of(self, key: Hashable) -> IndexGroup[E]:
        found = self._groups.get(key)
        return IndexGroup() if found is None else found


class _Sums(Generic[E]):
    def __init__(self, total: Total[E], entities: Iterable[E]) -> None:
        self.fields = frozenset(total.on)
        self._total, self._on = total, _reader(total.on)
        self._sums: dict[Hashable, int] = {}
        for entity in entities:
            self.put(entity, self.entry(entity))

    def entry(self, entity: E) -> tuple[tuple[Hashable, int], ...]:
        on = self._on(entity)
        hash(on)
        return tuple(self._total.amounts(*on))

    def put(self, entity: E, entry: tuple[tuple[Hashable, int], ...]) -> None:
        for key, amount in entry:
            self._sums[key] = self._sums.get(key, 0) + amount

    def take(self, entity: E, entry: tuple[tuple[Hashable, int], ...]) -> None:
        for key, amount in entry:
            self._sums[key] -= amount

    def of(self, key: Hashable) -> int:
        return self._sums.get(key, 0)


class EntityTable(MutableMapping[str, E]):
    """The entities of a collection in one world, by key, in the order of insertion.

    Indices are built on first use, and updated by every change from then on.
    """

    def __init__(self, world: Any, collection: EntityCollection[E]) -> None:
        self._world, self._collection = world, collection
        self._entities: dict[str, E] = {}
        self._key = _reader(collection.key)
        self._numbers = 0
        self._released = False
        self._groups: dict[Index[E], _Groups[E]] = {}
        self._sums: dict[Total[E], _Sums[E]] = {}
        self._by_field: dict[str, list[_Structure]] = {}

    def __getitem__(self, key: str) -> E:
        return self._entities[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def __contains__(self, key: object) -> bool:
        return key in self._entities

    def values(self) -> Values[E]:
        return self._entities.values()

    @overload
    def get(self, key: str, /) -> E | None: ...
    @overload
    def get(self, key: str, default: T, /) -> E | T: ...
    def get(self, key: str, default: Any = None, /) -> Any:
        return self._entities.get(key, default)

    def __setitem__(self, key: str, entity: E) -> None:
        if self._collection.key and key != self.key_of(entity):
            raise KeyError(f"{key!r} isn't the key of the entity: {self.key_of(entity)!r}")
        self._put(key, entity)

    def add(self, entity: E) -> E:
        """Add the entity under its own key; replaces an entity with the same key."""
        self._put(self.key_of(entity), entity)
        return entity

    def extend(self, entities: Iterable[E]) -> None:
        """Add many entities at once."""
        listed = list(entities)
        if len(listed) >= _MANY:
            self._forget()
        for entity in listed:
            self.add(entity)

    def __delitem__(self, key: str) -> None:
        entity = self._entities[key]
        self._tell(key, entity)
        del self._entities[key]
        object.__setattr__(entity, "_table", None)
        for structure in self._structures():
            structure.take(entity, structure.entry(entity))

    def key_of(self, entity: E) -> str:
        if self._collection.key:
            return ":".join(self._key(entity))
        return str(self._numbers + 1)

    def by(self, index: Index[E], key: Hashable = ()) -> IndexGroup[E]:
        """The entities that `index` has under `key`. The group must not be changed."""
        groups = self._groups.get(index)
        if groups is None:
            self._check(index.on + index.by)
            groups = self._groups[index] = _Groups(index, self._entities.values())
            self._watch(groups)
        return groups.of(key)

    def total(self, total: Total[E], key: Hashable) -> int:
        """The sum that `total` has under `key`."""
        sums = self._sums.get(total)
        if sums is None:
            self._check(total.on)
            sums = self._sums[total] = _Sums(total, self._entities.values())
            self._watch(sums)
        return sums.of(key)

    def release(self) -> None:
        """Release all entities: a change of one no longer affects the table."""
        self._released = True
        self._entities = {}
        self._forget()

    def change(self, entity: E, name: str, value: object) -> None:
        """Assign to a field of an entity of this table."""
        if name in self._collection.key:
            raise AttributeError(f"{name} is the key of {self._collection.name}: it stays as it is")
        if self._collection.listeners:
            self._tell(self.key_of(entity), entity)
        touched = self._by_field.get(name)
        if not touched:
            object.__setattr__(entity, name, value)
            entity.changed()
            return
        kept = getattr(entity, name)
        before = [structure.entry(entity) for structure in touched]
        object.__setattr__(entity, name, value)
        try:
            after = [structure.entry(entity) for structure in touched]
        except BaseException:
            object.__setattr__(entity, name, kept)
            raise
        entity.changed()
        for structure, old, new in zip(touched, before, after, strict=True):
            if new != old:
                structure.take(entity, old)
                structure.put(entity, new)

    def _put(self, key: str, entity: E) -> None:
        if entity._table is not None:
            raise ValueError(f"the entity stands in {entity._table._collection.name} already")
        if key in self._entities:
            del self[key]
        if self._collection.listeners:
            self._tell(key, None)
        self._numbers += 1
        object.__setattr__(entity, "_number", self._numbers)
        if self._groups or self._sums:
            entries = [(structure, structure.entry(entity)) for structure in self._structures()]
            for structure, entry in entries:
                structure.put(entity, entry)
        self._entities[key] = entity
        object.__setattr__(entity, "_table", self)

    def _tell(self, key: str, entity: E | None) -> None:
        if self._released:
            return
        for listener in self._collection.listeners:
            listener(self._world, key, entity)

    def _structures(self) -> Iterator[_Structure]:
        yield from self._groups.values()
        yield from self._sums.values()

    def _watch(self, structure: _Structure) -> None:
        for name in structure.fields:
            self._by_field.setdefault(name, []).append(structure)

    def _forget(self) -> None:
        self._groups.clear()
        self._sums.clear()
        self._by_field.clear()

    def _check(self, names: tuple[str, ...]) -> None:
        known = {field.name for field in fields(self._collection.entity)}  # type: ignore[arg-type]
        if not known.issuperset(names):
            raise TypeError(f"{self._collection.name} has no field {set(names) - known}")


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """A function that returns the values of these fields as a tuple."""
    if not names:
        return lambda entity: ()
    if len(names) == 1:
        read = attrgetter(names[0])
        return lambda entity: (read(entity),)
    return attrgetter(*names)
