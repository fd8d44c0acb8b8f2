"""The query client of the Virtual Compute Environment, as TikTok documents it.

In a notebook or any other program it asks the emulator at `STAGEDOOR_TIKTOK_URL`: the test stage.
In a submitted script it asks the emulator that runs the script: the execution stage. Only the
standard library is used, so any Python imports it.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

DEFAULT_URL = "http://127.0.0.1:8701"
DEFAULT_KEY = "emulator-client-key"

Answers = Callable[[dict[str, Any]], Iterator[dict[str, Any]]]
"""Sends a message and gives the messages that answer it."""

connected: Answers | None = None
"""The connection of a submitted script; None: this is a notebook."""


class RQSError(Exception):
    """A query was refused; the message says why. What TikTok's package raises isn't documented."""


class RQSClient:
    """Queries public data. Rows are dicts with the requested fields; ids are numbers.

    At TikTok the environment knows who is signed in; here the ready-made app is used, or the one
    whose key `TIKTOK_CLIENT_KEY` names.
    """

    def query(
        self,
        category: str,
        condition_groups: list[dict[str, Any]] | None = None,
        fields: str = "",
        limit: int | None = None,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> list[dict[str, Any]]:
        """The rows that a query finds, `limit` at most: a random sample of 5,000 records a day in
        the test stage, up to 100,000 records in the execution stage."""
        sent = _query(category, condition_groups, fields, limit, start_date, end_date)
        return _rows({"do": "query", "query": sent})

    def create_query_task(
        self,
        category: str,
        condition_groups: list[dict[str, Any]] | None = None,
        fields: str = "",
        limit: int | None = None,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
    ) -> int:
        """Begin a query; gives the id of its task."""
        sent = _query(category, condition_groups, fields, limit, start_date, end_date)
        return int(_value({"do": "create", "query": sent}))

    def check_query_task_status(self, task_id: int) -> str:
        """Created, Validating, Processing, Completed, AnalysisFailed or Cancelled."""
        return str(_value({"do": "status", "task_id": task_id}))

    def cancel_query_task(self, task_id: int) -> bool:
        """Whether the task was cancelled: one that has ended isn't."""
        return bool(_value({"do": "cancel", "task_id": task_id}))

    def get_query_task_result(self, task_id: int) -> list[dict[str, Any]]:
        """The rows of a completed task."""
        return _rows({"do": "result", "task_id": task_id})


def _query(
    category: str,
    condition_groups: list[dict[str, Any]] | None,
    fields: str,
    limit: int | None,
    start_date: str | None,
    end_date: str | None,
) -> dict[str, Any]:
    return {
        "category": category,
        "condition_groups": condition_groups,
        "fields": fields,
        "limit": limit,
        "start_date": start_date,
        "end_date": end_date,
    }


def _rows(message: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for answer in _answers(message):
        found += answer.get("rows", ())
    return found


def _value(message: dict[str, Any]) -> Any:
    value = None
    for answer in _answers(message):
        value = answer.get("value")
    return value


def _answers(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for answer in (connected or _over_http)(message):
        if "error" in answer:
            raise RQSError(answer["error"])
        yield answer


def _over_http(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    key = os.environ.get("TIKTOK_CLIENT_KEY") or DEFAULT_KEY
    path = "query_tasks"
    match message["do"]:
        case "query":
            yield {"rows": _sent("query", message["query"] | {"client_key": key})["rows"]}
        case "create":
            yield {"value": _sent(path, message["query"] | {"client_key": key})["task_id"]}
        case "cancel":
            found = _sent(f"{path}/{message['task_id']}/cancel", {"client_key": key})
            yield {"value": found["success"]}
        case "status":
            found = _sent(f"{path}/{message['task_id']}/status", {"client_key": key})
            yield {"value": found["status"]}
        case _:
            yield {
                "rows": _sent(f"{path}/{message['task_id']}/result", {"client_key": key})["rows"]
            }


def _sent(path: str, body: dict[str, Any]) -> Any:
    base = (os.environ.get("STAGEDOOR_TIKTOK_URL") or DEFAULT_URL).rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise RQSError(f"STAGEDOOR_TIKTOK_URL is no address of an emulator: {base}")
    request = urllib.request.Request(  # noqa: S310
        f"{base}/_emulator/compute/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise RQSError(_message(error)) from None
    except OSError as error:
        raise RQSError(
            f"No emulator answers at {base}: run `stagedoor emulator --allow-scripts`, or set "
            f"STAGEDOOR_TIKTOK_URL to its address ({error})."
        ) from None


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.code}: is this the address of an emulator?"
