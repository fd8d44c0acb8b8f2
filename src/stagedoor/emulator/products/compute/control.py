"""Control routes of the Virtual Compute Environment. TikTok documents no HTTP API of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stagedoor.platform.operation import next_day
from stagedoor.platform.products.research.vce import QueryTaskStatus
from stagedoor.platform.scopes import Scope

from ...control.apps import find
from ...control.errors import ControlError, unknown
from ...control_bodies import ALL, ControlBody, controlled, page, read
from ...world import App, World
from ...world.seed import READY_KEY
from . import runs, sampling
from .question import QueryBody
from .search import caller
from .state import SCRIPTS, Script, ScriptStatus

OFF = (
    "The Virtual Compute Environment is off. It runs the scripts that it is sent as the user of "
    "the emulator: start it with `stagedoor emulator --allow-scripts`, or call "
    "`emulator.compute.allow_scripts()` in a test."
)
_HIDDEN = ("code", "output", "base_url", "ready")


class AppQuery(QueryBody):
    client_key: str = READY_KEY


class ComputeAppBody(ControlBody):
    client_key: str = READY_KEY


class ScriptBody(ComputeAppBody):
    code: str
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")] = "script.py"


class RejectBody(ControlBody):
    reason: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"\S")]


def _app(world: World, client_key: str) -> App:
    """The app, if it is approved for research. Raises `ControlError`, also while all is off."""
    if not world.allow_scripts:
        raise ControlError(403, OFF)
    app = find(world, client_key)
    if Scope.RESEARCH_BASIC not in app.scopes:
        raise ControlError(
            403, f"{client_key} isn't approved for the Research Tools: it needs research.data.basic"
        )
    return app


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def overview(world: World, request: Request) -> Any:
    """Whether it is on, and what is left of the day's records in the test stage."""
    app = find(world, request.query_params.get("client_key", READY_KEY))
    return {
        "allow_scripts": world.allow_scripts,
        "records_left": sampling.left(world, app),
        "resets_at": next_day(world.now()),
    }


async def query(world: World, request: Request) -> Any:
    body = await read(request, AppQuery)
    app = _app(world, body.client_key)
    call = caller(world, app, _base(request))
    return {"rows": await sampling.query(call, app, body)}


async def create_task(world: World, request: Request) -> Any:
    body = await read(request, AppQuery)
    app = _app(world, body.client_key)
    sent = QueryBody.model_validate(body.model_dump(exclude={"client_key"}))
    return {"task_id": int(sampling.create(world, app, sent).id)}


async def task_status(world: World, request: Request) -> Any:
    task = sampling.task(world, await _posting_app(world, request), _task_id(request))
    now = sampling.status(world, task)
    failed = now is QueryTaskStatus.ANALYSIS_FAILED
    return {"status": now, "reason": task.problem if failed else ""}


async def cancel_task(world: World, request: Request) -> Any:
    task = sampling.task(world, await _posting_app(world, request), _task_id(request))
    return {"success": sampling.cancel(world, task)}


async def task_result(world: World, request: Request) -> Any:
    app = await _posting_app(world, request)
    call = caller(world, app, _base(request))
    rows = await sampling.result(call, app, sampling.task(world, app, _task_id(request)))
    return {"rows": rows}


async def _posting_app(world: World, request: Request) -> App:
    return _app(world, (await read(request, ComputeAppBody)).client_key)


def _task_id(request: Request) -> str:
    return str(request.path_params["task_id"])


def shown(request: Request, script: Script) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(script).items() if name not in _HIDDEN}
    facts["files"] = {name: len(content) for name, content in runs.files(script).items()}
    released = script.status is ScriptStatus.RELEASED
    link = f"{_base(request)}/_emulator/compute/scripts/{script.id}/download"
    facts["download_url"] = link if released else ""
    return facts


async def submit(world: World, request: Request) -> Any:
    body = await read(request, ScriptBody)
    app = _app(world, body.client_key)
    return shown(request, runs.submit(world, app, body.name, body.code, _base(request)))


async def scripts(world: World, request: Request) -> Any:
    return page(request, "scripts", world[SCRIPTS].by(ALL), partial(shown, request))


async def script(world: World, request: Request) -> Any:
    return shown(request, _script(world, request))


async def approve(world: World, request: Request) -> Any:
    found = _script(world, request)
    runs.decide(world, found)
    return shown(request, found)


async def reject(world: World, request: Request) -> Any:
    found = _script(world, request)
    runs.decide(world, found, (await read(request, RejectBody)).reason)
    return shown(request, found)


def _script(world: World, request: Request) -> Script:
    script_id = request.path_params["script_id"]
    found = world[SCRIPTS].get(script_id)
    if found is None:
        raise unknown("script", script_id)
    return found


def packed(files: dict[str, bytes]) -> bytes:
    """The files as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _zipped(may: Callable[[Script], bool]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that gives a script's files as a zip, if `may` says so."""

    async def endpoint(request: Request) -> Response:
        found = _script(request.app.state.world, request)
        if not may(found):
            raise ControlError(409, f"The script's files aren't there, it is {found.status}.")
        name = re.sub(r"\W", "-", PurePosixPath(found.name).stem)
        headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
        return Response(packed(runs.files(found)), 200, headers, "application/zip")

    return endpoint


def _is_released(script: Script) -> bool:
    return script.status is ScriptStatus.RELEASED


def _is_reviewed(script: Script) -> bool:
    return bool(script.output)


_TASK = "/_emulator/compute/query_tasks/{task_id}"
_SCRIPT = "/_emulator/compute/scripts/{script_id}"

ROUTES = [
    Route("/_emulator/compute", controlled(overview), methods=["GET"]),
    Route("/_emulator/compute/query", controlled(query), methods=["POST"]),
    Route("/_emulator/compute/query_tasks", controlled(create_task), methods=["POST"]),
    Route(f"{_TASK}/status", controlled(task_status), methods=["POST"]),
    Route(f"{_TASK}/cancel", controlled(cancel_task), methods=["POST"]),
    Route(f"{_TASK}/result", controlled(task_result), methods=["POST"]),
    Route("/_emulator/compute/scripts", controlled(scripts), methods=["GET"]),
    Route("/_emulator/compute/scripts", controlled(submit), methods=["POST"]),
    Route(_SCRIPT, controlled(script), methods=["GET"]),
    Route(f"{_SCRIPT}/approve", controlled(approve), methods=["POST"]),
    Route(f"{_SCRIPT}/reject", controlled(reject), methods=["POST"]),
    Route(f"{_SCRIPT}/files", _zipped(_is_reviewed), methods=["GET"]),
    Route(f"{_SCRIPT}/download", _zipped(_is_released), methods=["GET"]),
]
