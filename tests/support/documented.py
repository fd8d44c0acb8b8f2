"""The service's OpenAPI document for tests, and a check that answers are what it declares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from stagedoor.agents.approvals import pages
from stagedoor.agents.domains import DOMAINS as GATEWAY
from stagedoor.agents.extension import described
from stagedoor.connector.app import framework
from stagedoor.connector.container import Container
from stagedoor.connector.domains import CONNECTOR
from stagedoor.connector.extension import Extension
from stagedoor.connector.reference import PathItems
from stagedoor.connector.reference.responses import allows
from stagedoor.connector.reference.service import Reference
from tests.support.once import once

_PARAMETER = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class _Read:
    document: dict[str, Any]
    paths: Sequence[tuple[re.Pattern[str], Mapping[str, Any]]]
    """Of the API: exact paths before those with parameters, as they are routed."""


@cache
def _read(app: FastAPI, others: tuple[PathItems, ...]) -> _Read:
    """Each service has the same document, and there is one for nearly every test."""
    routes = iter_route_contexts(app.routes)
    named = [f"{sorted(route.methods or ())} {route.path_format}" for route in routes]
    named += [f"{paths.__module__} {paths.__qualname__}" for paths in others]
    reference = Reference(others)
    document = json.loads(once("\n".join(named), lambda: reference.document(app)))
    listed = sorted(document["paths"].items(), key=lambda one: one[0].count("{"))
    paths = [(_matching(path), item) for path, item in listed if path.startswith("/api/")]
    return _Read(document, paths)


class Declared:
    """Says of an answer whether the document declares its status, and an error's code."""

    def __init__(self, services: Container, extension: Extension) -> None:
        self._services = services
        self._routers = CONNECTOR.routers() + extension.routers

    @cached_property
    def _read(self) -> _Read:
        return _read(framework(self._routers), tuple(self._services.listeners.described))

    @property
    def document(self) -> dict[str, Any]:
        """The tests of a process share it: it may not be changed."""
        return self._read.document

    def check(self, response: httpx2.Response) -> None:
        """An event hook: fails the test if the document doesn't declare the answer."""
        path, method = response.request.url.path, response.request.method.lower()
        listed = self._read.paths
        operation = next(
            (item[method] for at, item in listed if method in item and at.fullmatch(path)), None
        )
        if operation is None:
            return
        code = None
        if response.status_code >= 400:
            response.read()
            code = response.json()["error"]["code"]
        assert allows(self.document, operation, response.status_code, code), (
            f"{method.upper()} {path} answered {response.status_code} {code or ''}, which the "
            "OpenAPI document doesn't declare: add the error to @raises(...) of its function, or "
            "the status to its route"
        )


def _matching(path: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(path)
    return re.compile("[^/]+".join(map(re.escape, parts)))


def whole_document() -> dict[str, Any]:
    """The document of the service with the gateway, without a running service."""
    routers = CONNECTOR.routers() + GATEWAY.routers() + (pages.ROUTER,)
    return _read(framework(routers), (described,)).document


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation, with its method and path."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def resolved(document: Mapping[str, Any], part: Any) -> Any:
    """The value that a reference stands for."""
    while isinstance(part, Mapping) and "$ref" in part:
        _, kind, name = part["$ref"].removeprefix("#/").split("/")
        part = document["components"][kind][name]
    return part
