"""The registry of products, found by their folders; a first call imports the modules it needs.

A folder in `products/` registers its product. `PRODUCT` declares the product's paths, timers,
state and seed; tests compare the declaration with the modules.
"""

from __future__ import annotations

from collections.abc import Collection as Sized
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from . import products
from .control import PRODUCT as CONTROL
from .product import EmulatedProduct
from .world import World
from .world import state as shared
from .world.clock import Handlers
from .world.collection import Declared, EntityCollection, Value


@cache
def everything() -> dict[str, EmulatedProduct]:
    """All products by the name of their package, relative to the emulator's package."""
    found = {"control": CONTROL}
    for folder in iter_modules(products.__path__):
        name = f"products.{folder.name}"
        found[name] = module(name).PRODUCT
    return found


def module(name: str) -> ModuleType:
    return import_module(f".{name}", __package__)


@cache
def _prefixes() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Path prefixes, the longest first, with the modules that may answer paths below them."""
    gathered: dict[str, list[str]] = {}
    for package, product in everything().items():
        for kind, prefixes in (("handlers", product.calls), ("control", product.control)):
            for prefix in prefixes:
                gathered.setdefault(prefix, []).append(f"{package}.{kind}")
    ordered = sorted(gathered.items(), key=lambda item: (-len(item[0]), item[0]))
    return tuple((prefix, tuple(names)) for prefix, names in ordered)


def below(path: str) -> tuple[str, ...]:
    """The names of the modules that may answer `path`: those of the longest matching prefix."""
    for prefix, names in _prefixes():
        whole = prefix.endswith("$")
        if path == prefix[:-1] if whole else path.startswith(prefix):
            return names
    return ()


def answering() -> tuple[str, ...]:
    """The names of all modules that answer paths, each once."""
    return tuple(dict.fromkeys(name for _, names in _prefixes() for name in names))


def timer_handlers(world: World, kind: str) -> Handlers:
    """The timer handlers of the product that handles this kind; LookupError if none does."""
    word = kind.partition(".")[0]
    for package, product in everything().items():
        if word in product.timers:
            found: Handlers = module(f"{package}.timers").handlers(world)
            return found
    raise LookupError(f"no product handles timers of the kind {kind!r}")


def _any_known(package: str, product: EmulatedProduct, known: Sized[str]) -> bool:
    if not product.state:
        return bool(known)
    declared = vars(module(f"{package}.state")).values()
    return any(isinstance(one, EntityCollection) and one.name in known for one in declared)


def resume(world: World) -> None:
    """Have each product continue the work that was in progress when the world was saved."""
    for package, product in everything().items():
        if product.timers:
            module(f"{package}.timers").resume(world)


@cache
def declared() -> tuple[Declared, ...]:
    """All collections and values of the world, the shared ones and those of the products."""
    states = [shared]
    states += [module(f"{name}.state") for name, one in everything().items() if one.state]
    found: dict[str, Declared] = {}
    for state in states:
        for value in vars(state).values():
            if not isinstance(value, EntityCollection | Value):
                continue
            if found.setdefault(value.name, value) is not value:
                raise TypeError(f"two products declare {value.name!r}")
    return tuple(found.values())


def seed(world: World, known: Sized[str] = ()) -> None:
    """Let each product add its initial entities, after the products that it depends on.

    Products of whose collections one is `known` are left out: a state file has their entities.
    """
    left = {
        product.name: (package, product.seed_after)
        for package, product in everything().items()
        if product.seed_after is not None and not _any_known(package, product, known)
    }
    while left:
        ready = [name for name, (_, after) in left.items() if not left.keys() & set(after)]
        if not ready:
            raise TypeError(f"seeds wait for each other: {', '.join(left)}")
        for name in ready:
            module(f"{left.pop(name)[0]}.seed").seed(world)
