"""Secrets don't stay in log lines, recorded requests and errors, whichever kind they are of."""

from __future__ import annotations

import importlib
import io
import json
import logging
import pkgutil
import random
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

import stagedoor.agents
import stagedoor.connector
from stagedoor.client.errors import NotSent
from stagedoor.client.transport import translated
from stagedoor.connector import logs
from stagedoor.emulator import registry
from stagedoor.emulator.world.ids import Ids
from stagedoor.platform.masking import CAPABILITY_PATHS, MASK, WithoutSecrets, masked

TOKEN = "0123456789abcdef0123456789abcdef01234567"
CAPABILITY = "u.9c4e1a7b-Zq_3"
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_NOT_SECRET = re.compile(
    r"id|\w+_id|action|client_key|handle|kind|level|name|number|pool|rest|sync_type|username"
)
"""Names of path parameters that any caller may know."""


@pytest.mark.parametrize(
    "line",
    [
        f"GET /open_api/v1.3/user/info/ Access-Token: {TOKEN}",
        f"headers {{'access-token': '{TOKEN}', 'host': 'a'}}",
        f'{{"Access-Token": "{TOKEN}"}}',
        f"GET https://business-api.tiktok.com/x/?app_id=1&secret={TOKEN}",
        f"client_secret={TOKEN}&code=x",
        f"https://app.example.com/?auth_code={TOKEN}&state=x",
        f"GET /open_api/v1.3/{TOKEN}/",
        f"GET /cover.image?x-expires=1&x-signature={TOKEN}",
        f"PUT https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token={TOKEN}",
        f"POST /v2/oauth/revoke/?token={TOKEN}",
    ],
)
def test_a_secret_is_masked(line: str) -> None:
    assert TOKEN not in masked(line)
    assert len(masked(line)) > 10


@pytest.mark.parametrize("make", ["access_token", "refresh_token", "client_token", "code"])
def test_every_form_of_tokens_is_masked_in_a_path(make: str) -> None:
    secret: str = getattr(Ids(random.randrange(100)), make)()
    for spelled in (secret, secret.replace("!", "%21").replace("*", "%2A")):
        line = masked(f"GET /v2/video/{spelled} failed")
        assert line == f"GET /v2/video/{MASK} failed"


@pytest.mark.parametrize("path", CAPABILITY_PATHS)
def test_the_capability_of_an_address_is_masked(path: str) -> None:
    for shown in (f"https://sd.example.com/prefix{path}", path[path.rindex("/", 0, -1) :]):
        line = masked(f"PUT {shown}{CAPABILITY}/more?x=1 -> 404")
        assert line == f"PUT {shown}{MASK}/more?x=1 -> 404"


def _routes() -> Iterator[tuple[str, str]]:
    """All paths of service, gateway and emulator that have parameters, with their modules."""
    modules: list[Any] = [registry.module(name) for name in registry.answering()]
    for package in (stagedoor.connector, stagedoor.agents):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name:
                modules.append(importlib.import_module(found.name))
    for module in modules:
        for value in vars(module).values():
            listed = value if isinstance(value, list | tuple) else getattr(value, "routes", ())
            try:
                routes = list(listed)
            except TypeError:
                continue
            for route in routes:
                path = getattr(route, "path", None)
                if isinstance(path, str) and "{" in path:
                    yield module.__name__, path


def test_every_route_with_a_capability_is_declared() -> None:
    paths = set(_routes())
    assert len(paths) > 100
    secret = {
        (path, name)
        for _, path in paths
        for name in _PARAMETER.findall(path)
        if not _NOT_SECRET.fullmatch(name)
    }
    assert {name for _, name in secret} >= {"capability", "link", "token"}
    for path, name in sorted(secret):
        asked = re.sub(rf"\{{{name}(?::\w+)?\}}", CAPABILITY, path)
        assert CAPABILITY not in masked(asked), f"{path}: {{{name}}} isn't in platform/masking.py"


def test_a_logger_loses_secrets_of_messages_and_tracebacks() -> None:
    written = io.StringIO()
    logger = logging.Logger("some")
    logger.addHandler(logging.StreamHandler(written))
    logger.addFilter(WithoutSecrets())
    try:
        raise ValueError(f"no route for /upload/{CAPABILITY}")
    except ValueError:
        logger.exception("GET %s failed", f"/report-files/{CAPABILITY}/report.csv")
    assert CAPABILITY not in written.getvalue()
    assert written.getvalue().startswith(f"GET /report-files/{MASK}/report.csv failed\nTraceback")


def test_arguments_that_do_not_fit_a_message_are_masked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = io.StringIO()
    logger = logging.Logger("somebody's handler")
    logger.addHandler(logging.StreamHandler(written))
    logger.addFilter(WithoutSecrets())
    logger.warning("GET %s %d", f"/upload/{CAPABILITY}")
    logger.warning("GET %(path)s", {"url": f"/upload/{CAPABILITY}"})
    assert CAPABILITY not in written.getvalue() + capsys.readouterr().err
    assert written.getvalue().count(f"/upload/{MASK}") == 2


def test_every_value_of_the_service_s_log_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    engine = logging.getLogger("dbos")
    kept = engine.handlers[:], engine.propagate
    address = httpx2.URL(f"https://sd.example.com/upload/{CAPABILITY}")
    try:
        logs.configure(as_json=True)
        logging.getLogger("other").warning(
            "PUT %s", address, extra={"address": address, "parts": [{"of": str(address)}], "n": 7}
        )
        logging.getLogger("other").warning("GET %s %d", f"/upload/{CAPABILITY}")
    finally:
        root.handlers[:], engine.handlers[:], engine.propagate = before[0], *kept
        root.setLevel(before[1])
    written = capsys.readouterr().err
    assert CAPABILITY not in written
    line, misfit = map(json.loads, written.splitlines())
    assert misfit["event"] == f"GET %s %d ('/upload/{MASK}',)"
    assert line["event"] == f"PUT https://sd.example.com/upload/{MASK}"
    assert (line["parts"], line["n"]) == ([{"of": f"https://sd.example.com/upload/{MASK}"}], 7)


def test_an_error_of_the_client_names_no_capability() -> None:
    url = f"http://127.0.0.1:9/report-files/{CAPABILITY}/report.csv?x-expires=1"
    with (
        httpx2.Client(trust_env=False) as http,
        pytest.raises(NotSent) as caught,
        translated("GET", url, http),
    ):
        http.get(url)
    assert CAPABILITY not in str(caught.value)
    assert f"/report-files/{MASK}/report.csv" in str(caught.value)
