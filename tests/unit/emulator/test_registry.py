"""What the products declare of themselves, held against their modules and folders."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from starlette.routing import Route

from stagedoor import emulator
from stagedoor.emulator import Emulator, registry
from stagedoor.emulator.product import Product
from stagedoor.emulator.world import World
from stagedoor.emulator.world.collection import Collection, Index, Total
from stagedoor.platform import catalogue

ROOT = Path(emulator.__file__).parent
PRODUCTS = list(registry.everything().items())
NAMED = sorted(registry.answering())
ANSWERING = {
    str(file.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for file in ROOT.rglob("*.py")
    if re.search(r"^(HANDLERS: Handlers|ROUTES) = ", file.read_text(), re.MULTILINE)
}
"""Modules that answer paths."""
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
    assert set(NAMED) == ANSWERING


@pytest.mark.parametrize(("package", "product"), PRODUCTS)
def test_a_product_declares_the_modules_that_it_has(package: str, product: Product) -> None:
    for name, declared in (
        ("control", bool(product.control)),
        ("timers", bool(product.timers)),
        ("state", product.state),
        ("seed", product.seed_after is not None),
    ):
        assert _file(package, name).exists() is declared, name


@pytest.mark.parametrize("name", NAMED)
def test_each_path_of_a_module_is_below_a_prefix_of_its_product(name: str) -> None:
    paths = _paths(name)
    assert paths
    for path in paths:
        assert name in registry.below(path), path


@pytest.mark.parametrize(("package", "product"), PRODUCTS)
def test_every_prefix_leads_to_a_path(package: str, product: Product) -> None:
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
        one for state in STATES for one in vars(state).values() if isinstance(one, Collection)
    ]
    assert {one.name for one in declared} == {
        one.name for one in registry.declared() if isinstance(one, Collection)
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
            if isinstance(one, Collection) and one.entity is entity
        ]
        assert tables, entity
        for table in tables:
            table.by(index) if isinstance(index, Index) else table.total(index, "")
