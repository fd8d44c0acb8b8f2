"""The modules that are loaded at a start: products cost nothing until they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.start import CLIENT, EMULATOR_LIBRARIES
from stagedoor.emulator import registry
from stagedoor.platform import catalogue

LATE = {
    "stagedoor.platform.catalogue",
    *(module.__name__ for module in catalogue.PRODUCTS),
} - {"stagedoor.platform.media"}
"""The modules that declare operations, but for media: its limits are among the emulator's
settings."""

ANSWERS = """
import asyncio
from stagedoor.cli import emulator
from stagedoor.emulator.server import serve
from stagedoor.emulator.app import Emulator

async def answered():
    local, sent = Emulator(), []

    async def receive():
        return {"type": "http.request", "body": b"{}"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": %r, "query_string": b"",
        "headers": [], "scheme": "http",
    }
    await local.asgi(scope, receive, send)
    local.close()
    assert sent[0]["type"] == "http.response.start"

asyncio.run(answered())
"""


STARTED = """
from stagedoor.cli import emulator
from stagedoor.emulator.server import serve
from stagedoor.emulator.app import Emulator
Emulator().close()
"""

COMPILED = """
import sys
for module in [one for name, one in sys.modules.items() if name.startswith("stagedoor")]:
    for kind in [one for one in vars(module).values() if isinstance(one, type)]:
        made = vars(kind).get("__dataclass_params__")
        if made is not None and made.eq and not made.order and kind.__module__ == module.__name__:
            print(f"{kind.__module__}.{kind.__qualname__}")
"""
"""Prints the dataclasses whose methods are compiled, but for those that are ordered."""


def _printed(code: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def _loaded(code: str) -> set[str]:
    return _printed(f"{code}\nimport sys\nprint(*sys.modules)")


_EACH = """
import os, sys
import anyio, click, httpx2, pydantic, starlette.applications, uvicorn
for code in sys.argv[1:]:
    sys.stdout.flush()
    if not (pid := os.fork()):
        exec(code, {})
        print(*sys.modules)
        sys.exit()
    if os.waitpid(pid, 0)[1]:
        sys.exit(1)
"""


def _each_loads(*codes: str) -> list[set[str]]:
    """The modules that are loaded after each code, which begins with libraries of others alone."""
    command = [sys.executable, "-c", _EACH, *codes]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [set(line.split()) for line in done.stdout.splitlines()]


def _others(modules: set[str]) -> set[str]:
    """The packages of others among them."""
    first = {name.partition(".")[0] for name in modules}
    return {name for name in first - sys.stdlib_module_names if name != "stagedoor"}


def _products(*names: str) -> set[str]:
    return {f"stagedoor.platform.products.{name}" for name in names}


def test_a_started_emulator_holds_no_product() -> None:
    held = _loaded(STARTED)
    assert held & LATE == set()
    answering = {f"stagedoor.emulator.{name}" for name in registry.answering()}
    assert held & (answering | {"stagedoor.emulator.pages"}) == set()


def test_a_started_emulator_holds_the_state_of_what_is_seeded_alone() -> None:
    unseeded = {
        f"stagedoor.emulator.{package}.state"
        for package, product in registry.everything().items()
        if product.state and product.seed_after is None
    }
    needed = {
        f"stagedoor.emulator.products.{name}.state"
        for name in ("business_accounts", "business_spark", "oauth", "research")
    }
    assert _loaded(STARTED) & unseeded == needed
    assert needed < unseeded


@pytest.mark.parametrize("code", [CLIENT, STARTED], ids=["client", "emulator"])
def test_a_start_compiles_no_methods_that_records_share(code: str) -> None:
    found = _printed(f"{code}\n{COMPILED}")
    assert found == set(), "decorate them with frozen or record of platform.records"


def test_a_call_loads_its_own_product_alone() -> None:
    loads: dict[str, set[str]] = {
        "/v2/nothing/": set(),
        "/v2/video/list/": {"display"},
        "/v2/post/publish/status/fetch/": {"posting", "webhooks"},
        "/v2/research/adlib/ad/query/": {"commercial"},
        "/v2/user/data/add/": {"portability", "webhooks", "posting"},
    }
    held = _each_loads(*(ANSWERS % path for path in loads))
    assert [one & LATE for one in held] == [_products(*names) for names in loads.values()]


def test_the_benchmark_measures_against_what_an_emulator_holds_of_others() -> None:
    held = _others(_loaded(f"{ANSWERS % '/v2/video/list/'}\nimport httptools, uvloop"))
    assert held == _others(_loaded(EMULATOR_LIBRARIES))


def test_an_imported_client_holds_no_product_and_no_protocol() -> None:
    held = _loaded(f"{CLIENT}\nTikTok(access_token='act.1').close()")
    assert held & LATE == set()
    assert "stagedoor.platform.media" not in held
    protocols = {name for name in held if name.startswith("stagedoor.platform.protocols.")}
    assert protocols == {"stagedoor.platform.protocols.protocol"}
    assert not any(name.startswith("stagedoor.client.services.") for name in held)


def test_a_product_of_the_client_is_loaded_when_it_is_first_used() -> None:
    loads = {
        "videos": "display",
        "commercial": "commercial",
        "portability": "portability",
        "embeds": "embed",
    }
    uses = (f"{CLIENT}\nTikTok(access_token='act.1').{service}" for service in loads)
    held = _each_loads(*uses)
    assert [one & LATE for one in held] == [_products(name) for name in loads.values()]


def test_a_webhook_is_verified_without_the_catalogue() -> None:
    held = _loaded("from stagedoor import verify_webhook")
    assert held & LATE <= {
        f"stagedoor.platform.products.{name}" for name in ("webhooks", "posting", "oauth")
    }
