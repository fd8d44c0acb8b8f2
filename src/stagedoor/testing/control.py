"""Calls of the emulator's control routes."""

from __future__ import annotations

from typing import Any

import httpx2


class ControlRefused(Exception):
    """The emulator refused a control call. The message says which argument is wrong and why."""


class Control:
    """Sends JSON to the control routes (`/_emulator/...`) and reads their answers."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def get(self, path: str, **query: Any) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        return _read(self._http.get(f"/_emulator/{path}", params=given))

    def send(self, method: str, path: str, body: object = None) -> Any:
        return _read(self._http.request(method, f"/_emulator/{path}", json=body))

    def content(self, path: str) -> bytes:
        """The bytes of an answer that is no JSON."""
        response = self._http.get(f"/_emulator/{path}")
        if not response.is_success:
            _read(response)
        return bytes(response.content)

    def listed(self, path: str, name: str, **query: Any) -> list[Any]:
        """All items of a list that has pages."""
        found: list[Any] = []
        cursor: int | None = None
        while True:
            page = self.get(path, limit=10_000, cursor=cursor, **query)
            found += page[name]
            if not page.get("has_more"):
                return found
            cursor = page["cursor"]


def _read(response: httpx2.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    try:
        message = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = f"HTTP {response.status_code}: {response.text[:300]}"
    raise ControlRefused(message)
