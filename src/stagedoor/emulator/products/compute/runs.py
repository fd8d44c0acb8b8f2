"""The life of a submitted script: it waits, runs in a process, is reviewed, and is released or not.

Two run at once; the others wait in the order in which they were submitted.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import warnings
from collections.abc import Iterator
from typing import Any

from ...control.errors import ControlError, wrong
from ...control_bodies import ALL
from ...log import logger
from ...world import App, World
from . import review
from .process import ProcessLimits, RunResult, ScriptProcess
from .search import caller
from .session import ScriptSession
from .state import SCRIPTS, SCRIPTS_BY_STATUS, Script, ScriptStatus

BEGIN = "script.begin"
REVIEW = "script.review"
RUN = "script.run"

AT_ONCE = 2
MOST_WAITING = 50
MAX_CODE = 256 << 10
"""Bytes of a script."""
_MOST_KEPT = 200
_FINAL = (ScriptStatus.RELEASED, ScriptStatus.REJECTED, ScriptStatus.FAILED)
_SPARE_SECONDS = 10.0


def submit(world: World, app: App, name: str, code: str, base_url: str) -> Script:
    """Take a script. Raises `ControlError` for one that is no Python, and when too many
    wait or are in review."""
    check(code, name)
    if len(world[SCRIPTS].by(SCRIPTS_BY_STATUS, ScriptStatus.SUBMITTED)) >= MOST_WAITING:
        raise ControlError(409, f"{MOST_WAITING} scripts wait already: submit it when some ended.")
    _forget_oldest(world)
    script = world[SCRIPTS].add(
        Script(
            id=world.ids.number(world.now()),
            client_key=app.client_key,
            name=name,
            code=code,
            submitted=world.now(),
            base_url=base_url,
        )
    )
    queue = world.settings.compute_queue_seconds
    if queue:
        world.clock.at(world.now() + queue, BEGIN, script.id)
    else:
        begin(world, script.id)
    return script


def check(code: str, name: str) -> None:
    """Raise `ControlError` for code that Python can't parse, with the line."""
    size = len(code.encode())
    if size > MAX_CODE:
        raise wrong("code", f"is {size:,} bytes long; {MAX_CODE:,} are possible")
    try:
        _parse(code, name)
    except SyntaxError as error:
        raise wrong("code", f"line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise wrong("code", f"can't be parsed: {error!s:.200}") from None


def _parse(code: str, name: str) -> None:
    try:
        ast.parse(code, name)
    except SyntaxError:
        # where this process makes errors of warnings, such as of an invalid escape
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code, name)


def _forget_oldest(world: World) -> None:
    table = world[SCRIPTS]
    while len(table) >= _MOST_KEPT:
        oldest = next((one for one in table.by(ALL) if one.status in _FINAL), None)
        if oldest is None:
            raise ControlError(409, f"{_MOST_KEPT} scripts aren't decided yet: end some reviews.")
        del table[oldest.id]


def begin(world: World, script_id: str) -> None:
    """The script's time in the queue is over."""
    script = world[SCRIPTS].get(script_id)
    if script is not None and script.status is ScriptStatus.SUBMITTED:
        script.ready = True
        start_waiting(world)


def start_waiting(world: World) -> None:
    """Start scripts that wait, as long as there is room."""
    if not world.allow_scripts:
        return
    table = world[SCRIPTS]
    while len(table.by(SCRIPTS_BY_STATUS, ScriptStatus.RUNNING)) < AT_ONCE:
        waiting = table.by(SCRIPTS_BY_STATUS, ScriptStatus.SUBMITTED)
        script = next((one for one in waiting if one.ready), None)
        if script is None:
            return
        script.status, script.started = ScriptStatus.RUNNING, world.now()
        patience = world.settings.script_seconds + _SPARE_SECONDS
        world.clock.start(RUN, script.id, _run(world, script), patience)


async def _run(world: World, script: Script) -> None:
    settings = world.settings
    limits = ProcessLimits(
        settings.script_seconds,
        settings.script_cpu_seconds,
        settings.script_memory_mb << 20,
        settings.script_output_bytes,
    )
    session = ScriptSession(caller(world, world.apps[script.client_key], script.base_url))
    loop = asyncio.get_running_loop()

    def answer(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Called in the thread of the run: the world is read on the event loop."""
        answers = session.answers(message)

        async def following() -> dict[str, Any] | None:
            return await anext(answers, None)

        while True:
            page = asyncio.run_coroutine_threadsafe(following(), loop)
            found = page.result(limits.seconds + _SPARE_SECONDS)
            if found is None:
                return
            yield found

    process = ScriptProcess(script.name, script.code, limits, answer)
    try:
        outcome = await asyncio.to_thread(process.run)
    except asyncio.CancelledError:
        process.kill()
        raise
    except Exception as error:
        logger.exception("script %s couldn't be run", script.id)
        outcome = RunResult(f"The emulator couldn't run it: {error!s:.200}")
    script.records = session.records
    _end(world, script, outcome, session)
    start_waiting(world)


def _end(world: World, script: Script, outcome: RunResult, session: ScriptSession) -> None:
    script.ended = world.now()
    script.log, script.line = outcome.log, outcome.line
    if outcome.reason:
        script.reason, script.status = outcome.reason, ScriptStatus.FAILED
        return
    script.output = {
        name: base64.b64encode(content).decode() for name, content in outcome.files.items()
    }
    script.findings = review.findings(outcome.files, session.seen)
    script.status = ScriptStatus.IN_REVIEW
    if world.settings.compute_review == "timed":
        world.clock.at(world.now() + world.settings.compute_review_seconds, REVIEW, script.id)


def decide(world: World, script: Script, reason: str = "") -> None:
    """End the review: release the files, or reject them with a reason."""
    if script.status is not ScriptStatus.IN_REVIEW:
        raise ControlError(409, f"The script isn't in review, it is {script.status}.")
    world.clock.drop(REVIEW, script.id)
    script.decided, script.reason = world.now(), reason
    script.status = ScriptStatus.REJECTED if reason else ScriptStatus.RELEASED


def review_by_time(world: World, script_id: str) -> None:
    """A timed review: individual data is rejected, everything else released."""
    script = world[SCRIPTS].get(script_id)
    if script is None or script.status is not ScriptStatus.IN_REVIEW:
        return
    found = "; ".join(script.findings)
    decide(world, script, f"Only aggregated results are released. {found}." if found else "")


def files(script: Script) -> dict[str, bytes]:
    return {name: base64.b64decode(content) for name, content in script.output.items()}
