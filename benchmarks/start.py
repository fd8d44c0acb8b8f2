"""Start-up times: imports, `--help`, the emulator's first answer."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from stagedoor.platform.errors import TOKEN_INVALID
from stagedoor.platform.products.display import VIDEO_LIST

from .contest import Rounds, contest, ratio, typical
from .process import ENVIRONMENT, ROOT, free_port, python, seconds, stop, wait_until
from .row import Benchmark, Length, Row

IMPORT = 1.5
HELP = 4.0
EMULATOR = 1.5

CLIENT = "from stagedoor import TikTok, AsyncTikTok"
CLIENT_LIBRARIES = "import httpx2, pydantic\nfrom pydantic import BaseModel"
EMULATOR_LIBRARIES = """
import click, uvicorn, uvloop
from pydantic import AfterValidator, BaseModel, Field
from uvicorn.lifespan import on
from uvicorn.loops import uvloop as loop
from uvicorn.protocols.http import httptools_impl
"""
"""Everything of others that a started emulator holds, and no more; a test compares them."""

CLICK_HELP = "import click\nclick.Group(help='A group.').main(['--help'])"
"""The time of a command group without commands: the part of --help that isn't ours."""

COMMAND = str(Path(sys.executable).parent / "stagedoor")


def _rounds(length: Length) -> int:
    return 21 if length is Length.SHORT else 81


def _runs(*command: str) -> Callable[[], float]:
    return lambda: seconds(command)


def _row(name: str, rounds: Rounds[float], target: float | None, against: str) -> Row:
    ours, bare = (value * 1e3 for value in typical(rounds))
    return Row(name, ratio(rounds), target, f"{ours:,.0f} ms, {against} {bare:,.0f} ms")


def imports(length: Length) -> list[Row]:
    libraries = _runs(*python("-c", CLIENT_LIBRARIES))
    client = contest(_runs(*python("-c", CLIENT)), libraries, _rounds(length))
    bare = _runs(*python("-c", "pass"))
    package = contest(_runs(*python("-c", "import stagedoor")), bare, _rounds(length))
    return [
        _row("import of both clients", client, IMPORT, "httpx2 and pydantic"),
        _row("import stagedoor", package, None, "python -c pass"),
    ]


def command(length: Length) -> list[Row]:
    bare = _runs(*python("-c", "pass"))
    shown = contest(_runs(COMMAND, "--help"), bare, _rounds(length))
    empty = contest(_runs(*python("-c", CLICK_HELP)), bare, _rounds(length))
    return [
        _row("stagedoor --help", shown, HELP, "python -c pass"),
        _row("click's own --help", empty, None, "python -c pass"),
    ]


def emulator(length: Length) -> list[Row]:
    libraries = _runs(*python("-c", EMULATOR_LIBRARIES))
    started = contest(_first_answer, libraries, _rounds(length))
    return [_row("emulator's first answer", started, EMULATOR, "importing its libraries")]


def _first_answer() -> float:
    """From the start of `stagedoor emulator` until it answers a call of TikTok's."""
    port = free_port()
    begun = time.perf_counter()
    server = subprocess.Popen(
        [COMMAND, "emulator", "--port", str(port)],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(port), server, "the emulator")
        return time.perf_counter() - begun
    finally:
        stop(server)


def _answers(port: int) -> bool:
    """Whether a call comes back refused for its lack of a token: a whole answer of TikTok's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", VIDEO_LIST.path, b"{}", {"Content-Type": "application/json"})
        return connection.getresponse().status == TOKEN_INVALID.http
    except OSError:
        return False
    finally:
        connection.close()


IMPORTS = Benchmark("imports", imports)
HELP_PAGE = Benchmark("help", command)
EMULATOR_START = Benchmark("emulator-start", emulator)
