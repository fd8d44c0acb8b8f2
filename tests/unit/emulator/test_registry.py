"""The declarations of the products, held against their modules and folders."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import httpx2
import pytest
from starlette.routing import Route

from stagedoor import emulator
from stagedoor.emulator import Emulator, products, registry, state
from stagedoor.emulator.product import EmulatedProduct
from stagedoor.emulator.world import World
from stagedoor.emulator.world.collection import EntityCollection, Index, Total
from stagedoor.platform import catalogue
from tests.support.every import every

ROOT = Path(emulator.__file__).parent
PRODUCTS = list(registry.everything().items())
NAMED = sorted(registry.answering())
ANSWERING = {
    str(file.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for file in ROOT.rglob("*.py")
    if re.search(r"^(HANDLERS: Handlers|ROUTES) = ", file.read_text(), re.MULTILINE)
}
"""Modules that answer paths."""
PARTS = ANSWERING - set(NAMED)
"""Modules whose handlers stand in the `handlers` module of their product."""
STATES = [
    registry.module(name)
    for name in (
        "world.state",
        *(f"{package}.state" for package, product in PRODUCTS if product.state),
    )
]


def _file(package: str, name: str) -> Path:
    return ROOT.joinpath(*package.split("."), f"{name}.py")


def _paths(name: str) -> list[str]:
    home = registry.module(name)
    routes: list[Route] = getattr(home, "ROUTES", [])
    paths = [route.path for route in routes]
    return paths + [operation.path for operation in getattr(home, "HANDLERS", ())]


def test_every_folder_of_a_product_is_registered() -> None:
    folders = {folder.parent.name for folder in (ROOT / "products").glob("*/__init__.py")}
    assert {name for name, _ in PRODUCTS} == {f"products.{name}" for name in folders} | {"control"}
    for package, product in PRODUCTS:
        assert product.name == package.rpartition(".")[2]


def test_every_module_that_answers_paths_is_found_by_one() -> None:
    assert set(NAMED) <= ANSWERING
    for name in PARTS:
        part = registry.module(name)
        whole = registry.module(f"{name.rpartition('.')[0]}.handlers")
        assert not hasattr(part, "ROUTES"), f"{name}: put ROUTES into handlers.py"
        assert part.HANDLERS.items() <= whole.HANDLERS.items(), f"handlers.py lacks those of {name}"


@every(("package", "product"), PRODUCTS)
def test_a_product_declares_the_modules_that_it_has(package: str, product: EmulatedProduct) -> None:
    for name, declared in (
        ("control", bool(product.control)),
        ("timers", bool(product.timers)),
        ("state", product.state),
        ("seed", product.seed_after is not None),
    ):
        assert _file(package, name).exists() is declared, name


@every("name", NAMED, ids=str)
def test_each_path_of_a_module_is_below_a_prefix_of_its_product(name: str) -> None:
    paths = _paths(name)
    assert paths
    for path in paths:
        assert name in registry.below(path), path


@every(("package", "product"), PRODUCTS)
def test_every_prefix_leads_to_a_path(package: str, product: EmulatedProduct) -> None:
    for kind, prefixes in (("handlers", product.calls), ("control", product.control)):
        for prefix in prefixes:
            plain = prefix.removesuffix("$")
            assert any(path.startswith(plain) for path in _paths(f"{package}.{kind}")), prefix


def test_no_module_is_needed_to_refuse_a_path_that_tiktok_does_not_have() -> None:
    known = {operation.path for operation in catalogue.operations().values()}
    assert "/v2/nothing/" not in known
    assert registry.below("/v2/nothing/") == ()


def test_each_kind_of_timer_is_handled_by_one_product() -> None:
    timed = [(package, product) for package, product in PRODUCTS if product.timers]
    for (_, one), (_, other) in combinations(timed, 2):
        assert not set(one.timers) & set(other.timers)
    local = Emulator()
    try:
        for package, product in timed:
            kinds = registry.module(f"{package}.timers").handlers(local.world)
            assert {kind.partition(".")[0] for kind in kinds} == set(product.timers)
            for kind in kinds:
                assert kind in registry.timer_handlers(local.world, kind)
    finally:
        local.close()


def test_a_timer_that_nobody_handles_is_an_error_in_words(world: World) -> None:
    with pytest.raises(LookupError, match=r"nothing\.due"):
        registry.timer_handlers(world, "nothing.due")


def test_the_world_counts_every_collection_that_a_state_module_declares(world: World) -> None:
    declared = [
        one for state in STATES for one in vars(state).values() if isinstance(one, EntityCollection)
    ]
    assert {one.name for one in declared} == {
        one.name for one in registry.declared() if isinstance(one, EntityCollection)
    }
    for one in declared:
        assert world[one] is getattr(world.all, one.name)


@pytest.fixture
def world() -> World:
    emulator = Emulator()
    emulator.close()
    return emulator.world


def test_every_declared_index_fits_its_entities(world: World) -> None:
    """Each is built over the seeded world: a name that is no field is refused."""
    found = {
        index: state
        for state in STATES
        for index in vars(state).values()
        if isinstance(index, Index | Total)
    }
    assert len(found) > 30
    for index in found:
        entity = index.__orig_class__.__args__[0]  # type: ignore[union-attr]
        tables = [
            world[one]
            for one in registry.declared()
            if isinstance(one, EntityCollection) and one.entity is entity
        ]
        assert tables, entity
        for table in tables:
            table.by(index) if isinstance(index, Index) else table.total(index, "")


CONCERTS = {
    "__init__": """
from ...product import EmulatedProduct
PRODUCT = EmulatedProduct(
    "concerts",
    calls=("/concerts/",),
    timers=("concert",),
    state=True,
    seed_after=("community",),
)
""",
    "state": """
from dataclasses import dataclass
from ...world.collection import EntityCollection, Entity, Index
@dataclass(slots=True)
class Concert(Entity):
    id: str
    singer: str
CONCERTS = EntityCollection("concerts", Concert)
OF_SINGER = Index[Concert](on=("singer",))
""",
    "seed": """
from .state import CONCERTS, Concert
def seed(world):
    world[CONCERTS].add(Concert("1", world.named("rye.fan").username))
""",
    "handlers": """
from starlette.responses import JSONResponse
from starlette.routing import Route
from .state import CONCERTS, OF_SINGER
async def concerts(request):
    found = request.app.state.world[CONCERTS].by(OF_SINGER, request.path_params["singer"])
    return JSONResponse([one.id for one in found])
ROUTES = [Route("/concerts/{singer}", concerts)]
""",
    "timers": """
def handlers(world):
    async def cancel(concert_id):
        del world.all.concerts[concert_id]
    return {"concert.cancel": cancel}
def resume(world):
    world.clock.at(world.now(), "concert.cancel", "1")
""",
}
"""A product in one folder."""


@pytest.fixture
def with_concerts(tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "concerts"
    folder.mkdir()
    for name, text in CONCERTS.items():
        (folder / f"{name}.py").write_text(text)
    caches = (registry.everything, registry.declared, registry._prefixes)
    products.__path__.append(str(tmp_path))
    for cache in caches:
        cache.cache_clear()
    yield
    products.__path__.remove(str(tmp_path))
    for cache in caches:
        cache.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"{products.__name__}.concerts")]:
        del sys.modules[name]


@pytest.mark.usefixtures("with_concerts")
def test_a_new_product_is_a_new_folder_and_nothing_else(tmp_path: Path) -> None:
    async def asked(emulator: Emulator) -> tuple[list[str], int]:
        transport = httpx2.ASGITransport(app=emulator.asgi)
        async with (
            emulator,
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http,
        ):
            found = (await http.get("/concerts/rye.fan")).json()
            counts = (await http.get("/_emulator/world")).json()["counts"]
            await http.post("/_emulator/clock", json={"advance": 1})
        return found, counts["concerts"]

    first, second = Emulator(), Emulator()
    try:
        assert asyncio.run(asked(first)) == (["1"], 1)
        state.save(first.world, tmp_path / "world.json")
        second.world.forget()
        state.load(second.world, tmp_path / "world.json")
        second.adopt()
        assert asyncio.run(asked(second)) == (["1"], 1)
        assert len(second.world.all.concerts) == 0
    finally:
        first.close()
        second.close()
