"""The control plane: JSON under /_emulator/, and the overview page."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..control_bodies import ALL, json_body, page
from ..world import World, WorldFileError
from . import apps, service
from .bodies import (
    AppPatch,
    ClockBody,
    CreatorBody,
    FaultBody,
    HostsBody,
    NewAppBody,
    ResetBody,
    TokenBody,
)
from .errors import ControlError, invalid, wrong
from .overview import overview

_B = TypeVar("_B", bound=BaseModel)
_MAX_LISTED = 10_000
_LISTED = 100


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


async def _body(request: Request, model: type[_B]) -> _B:
    try:
        return model.model_validate_json(await json_body(request))
    except ValidationError as error:
        raise invalid(error) from None


async def reset(request: Request) -> Response:
    body = await _body(request, ResetBody)
    given = body.model_dump(exclude_unset=True)
    if given.get("seed", 0) is None:
        del given["seed"]
    emulator = request.app.state.emulator
    emulator.reset(replace(emulator.beginning, **given))
    return JSONResponse(service.overview(_world(request)))


async def get_clock(request: Request) -> Response:
    return JSONResponse(service.clock(_world(request)))


async def post_clock(request: Request) -> Response:
    body = await _body(request, ClockBody)
    return JSONResponse(await service.move_clock(_world(request), body))


async def get_settings(request: Request) -> Response:
    return JSONResponse(service.settings(_world(request)))


async def patch_settings(request: Request) -> Response:
    world = _world(request)
    try:
        sent = json.loads(await json_body(request))
    except (ValueError, RecursionError):
        raise ControlError(400, "The body is not JSON.") from None
    if not isinstance(sent, dict):
        raise ControlError(400, "The body is not a JSON object.")
    try:
        return JSONResponse(service.change_settings(world, sent))
    except ValidationError as error:
        raise invalid(error) from None


async def get_world(request: Request) -> Response:
    return JSONResponse(service.overview(_world(request)))


async def put_world(request: Request) -> Response:
    """Begin anew with the content of a world file, as JSON."""
    from .. import world_file

    try:
        sent = json.loads(await json_body(request))
    except (ValueError, RecursionError):
        raise ControlError(400, "The body is not JSON.") from None
    emulator = request.app.state.emulator
    try:
        content = world_file.checked(sent)
        emulator.reset(replace(emulator.beginning, content=content))
    except WorldFileError as error:
        raise ControlError(400, str(error), error.problems) from None
    return JSONResponse(service.overview(_world(request)))


async def get_apps(request: Request) -> Response:
    world = _world(request)
    shown = partial(apps.shown, world)
    return JSONResponse(page(request, "apps", world.apps.by(ALL), shown))


async def post_app(request: Request) -> Response:
    world = _world(request)
    app = apps.create(world, await _body(request, NewAppBody))
    return JSONResponse(apps.shown(world, app), 201)


async def get_app(request: Request) -> Response:
    world = _world(request)
    return JSONResponse(apps.shown(world, apps.find(world, request.path_params["client_key"])))


async def patch_app(request: Request) -> Response:
    world = _world(request)
    body = await _body(request, AppPatch)
    return JSONResponse(
        apps.shown(world, apps.change(world, request.path_params["client_key"], body))
    )


async def get_creators(request: Request) -> Response:
    world = _world(request)
    shown = partial(service.creator_shown, world)
    return JSONResponse(page(request, "creators", world.creators.by(ALL), shown))


async def post_creator(request: Request) -> Response:
    world = _world(request)
    creator = service.add_creator(world, await _body(request, CreatorBody))
    return JSONResponse(service.creator_shown(world, creator), 201)


async def get_creator(request: Request) -> Response:
    world = _world(request)
    creator = apps.creator_named(world, request.path_params["username"])
    return JSONResponse(service.creator_shown(world, creator))


async def get_hosts(request: Request) -> Response:
    return JSONResponse(_world(request).all.hosts)


async def put_hosts(request: Request) -> Response:
    raw = await json_body(request)
    try:
        body = HostsBody.model_validate_json(b'{"hosts":%b}' % raw)
    except ValidationError as error:
        raise invalid(error) from None
    return JSONResponse(service.set_hosts(_world(request), body.hosts))


async def get_requests(request: Request) -> Response:
    query = request.query_params
    try:
        limit = int(query.get("limit", _LISTED))
    except ValueError:
        raise wrong("limit", "is no number") from None
    if not 1 <= limit <= _MAX_LISTED:
        raise wrong("limit", f"must be from 1 to {_MAX_LISTED}")
    found = service.requests(
        _world(request), query.get("operation"), query.get("path"), query.get("client_key"), limit
    )
    return JSONResponse({"requests": found})


async def get_faults(request: Request) -> Response:
    return JSONResponse({"faults": [asdict(fault) for fault in _world(request).faults]})


async def post_fault(request: Request) -> Response:
    fault = service.add_fault(_world(request), await _body(request, FaultBody))
    return JSONResponse(asdict(fault), 201)


async def delete_faults(request: Request) -> Response:
    _world(request).faults.clear()
    return Response(status_code=204)


async def delete_fault(request: Request) -> Response:
    service.remove_fault(_world(request), request.path_params["fault_id"])
    return Response(status_code=204)


async def post_token(request: Request) -> Response:
    issued: dict[str, Any] = service.issue(_world(request), await _body(request, TokenBody))
    return JSONResponse(issued, 201)


async def health(request: Request) -> Response:
    return JSONResponse({"ok": True})


ROUTES = [
    Route("/", overview),
    Route("/_emulator", overview),
    Route("/_emulator/", overview),
    Route("/_emulator/health", health),
    Route("/_emulator/reset", reset, methods=["POST"]),
    Route("/_emulator/clock", get_clock),
    Route("/_emulator/clock", post_clock, methods=["POST"]),
    Route("/_emulator/settings", get_settings),
    Route("/_emulator/settings", patch_settings, methods=["PATCH"]),
    Route("/_emulator/world", get_world),
    Route("/_emulator/world", put_world, methods=["PUT"]),
    Route("/_emulator/apps", get_apps),
    Route("/_emulator/apps", post_app, methods=["POST"]),
    Route("/_emulator/apps/{client_key}", get_app),
    Route("/_emulator/apps/{client_key}", patch_app, methods=["PATCH"]),
    Route("/_emulator/creators", get_creators),
    Route("/_emulator/creators", post_creator, methods=["POST"]),
    Route("/_emulator/creators/{username}", get_creator),
    Route("/_emulator/hosts", get_hosts),
    Route("/_emulator/hosts", put_hosts, methods=["PUT"]),
    Route("/_emulator/requests", get_requests),
    Route("/_emulator/faults", get_faults),
    Route("/_emulator/faults", post_fault, methods=["POST"]),
    Route("/_emulator/faults", delete_faults, methods=["DELETE"]),
    Route("/_emulator/faults/{fault_id}", delete_fault, methods=["DELETE"]),
    Route("/_emulator/tokens", post_token, methods=["POST"]),
]
