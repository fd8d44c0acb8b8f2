"""What is loaded before anything is asked for: products cost nothing until they are used."""

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
"""What declares operations, but for media: its limits are among the emulator's settings."""

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


def _loaded(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def _others(modules: set[str]) -> set[str]:
    """The packages of others among them."""
    first = {name.partition(".")[0] for name in modules}
    return {name for name in first - sys.stdlib_module_names if name != "stagedoor"}


def test_a_started_emulator_holds_no_product() -> None:
    held = _loaded(
        "from stagedoor.cli import emulator\n"
        "from stagedoor.emulator.server import serve\n"
        "from stagedoor.emulator.app import Emulator\n"
        "Emulator().close()"
    )
    assert held & LATE == set()
    answering = {f"stagedoor.emulator.{name}" for name in registry.answering()}
    assert held & (answering | {"stagedoor.emulator.pages"}) == set()


@pytest.mark.parametrize(
    ("path", "loads"),
    [
        ("/v2/nothing/", set()),
        ("/v2/video/list/", {"display"}),
        ("/v2/post/publish/status/fetch/", {"posting", "webhooks"}),
        ("/v2/research/adlib/ad/query/", {"commercial", "display"}),
        ("/v2/user/data/add/", {"portability", "display", "webhooks", "posting"}),
    ],
)
def test_a_call_loads_its_own_product_alone(path: str, loads: set[str]) -> None:
    held = _loaded(ANSWERS % path)
    assert held & LATE == {f"stagedoor.platform.products.{name}" for name in loads}


def test_the_benchmark_measures_against_what_an_emulator_holds_of_others() -> None:
    held = _others(_loaded(f"{ANSWERS % '/v2/video/list/'}\nimport httptools, uvloop"))
    assert held == _others(_loaded(EMULATOR_LIBRARIES))


def test_an_imported_client_holds_no_product_but_the_one_that_gives_tokens() -> None:
    held = _loaded(f"{CLIENT}\nTikTok(access_token='act.1').close()")
    assert held & LATE == {"stagedoor.platform.products.oauth"}
    assert not any(name.startswith("stagedoor.client.services") for name in held)


@pytest.mark.parametrize(
    ("product", "loads"),
    [
        ("videos", {"display"}),
        ("commercial", {"commercial", "display"}),
        ("portability", {"portability", "display"}),
        ("embeds", {"embed"}),
    ],
)
def test_a_product_of_the_client_is_loaded_when_it_is_first_used(
    product: str, loads: set[str]
) -> None:
    held = _loaded(f"{CLIENT}\nTikTok(access_token='act.1').{product}")
    assert held & LATE == {f"stagedoor.platform.products.{name}" for name in (*loads, "oauth")}


def test_a_webhook_is_verified_without_the_catalogue() -> None:
    held = _loaded("from stagedoor import verify_webhook")
    assert held & LATE <= {
        f"stagedoor.platform.products.{name}" for name in ("webhooks", "posting", "oauth")
    }
