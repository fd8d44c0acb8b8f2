"""The tables by which modules are found late, held against what the modules themselves say."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Route

from stagedoor import emulator
from stagedoor.emulator import Emulator, homes, timers
from stagedoor.platform import catalogue

ROOT = Path(emulator.__file__).parent
ANSWERING = sorted(
    str(file.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for file in ROOT.rglob("*.py")
    if "HANDLERS: Handlers = " in (text := file.read_text()) or "\nROUTES = [" in text
)
"""Modules that answer paths."""

LISTED_BY_OTHERS = {"oauth.qr_pages"}
"""Their routes stand among those of another module."""

NAMED = sorted(homes.everything())


def test_every_module_that_answers_paths_is_found_by_one() -> None:
    assert set(ANSWERING) - LISTED_BY_OTHERS == set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_each_path_of_a_module_is_below_its_prefix(name: str) -> None:
    home = homes.module(name)
    routes: list[Route] = getattr(home, "ROUTES", [])
    paths = [route.path for route in routes]
    paths += [operation.path for operation in getattr(home, "HANDLERS", ())]
    assert paths
    for path in paths:
        assert name in homes.below(path), path


def test_every_prefix_leads_to_a_path() -> None:
    for place, (prefix, names) in enumerate(homes.HOMES):
        covered = [other for other, _ in homes.HOMES[:place] if prefix.startswith(other)]
        assert not covered, f"{prefix} is never reached"
        for name in names:
            home = homes.module(name)
            paths = [route.path for route in getattr(home, "ROUTES", [])]
            paths += [operation.path for operation in getattr(home, "HANDLERS", ())]
            assert any(homes.below(path) == names for path in paths), (prefix, name)


def test_no_home_is_needed_to_refuse_a_path_that_tiktok_does_not_have() -> None:
    known = {operation.path for operation in catalogue.operations().values()}
    assert "/v2/nothing/" not in known
    assert homes.below("/v2/nothing/") == ()


@pytest.mark.parametrize("name", sorted(set(timers.HOMES.values())))
def test_each_kind_of_timer_is_found_by_its_first_word(name: str) -> None:
    local = Emulator()
    try:
        for kind in homes.module(name).handlers(local.world):
            assert timers.HOMES[kind.partition(".")[0]] == name
            assert kind in timers.handlers(local.world, kind)
    finally:
        local.close()
