"""The holder of a TikTok account as a business app sees them: calls over real HTTP, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx2

from stagedoor.platform.operation import Operation
from tests.examples.business import APP_ID

CREATOR = "maracooks"


class AccountHolder:
    """A connected account. Calls carry its token and its `business_id`."""

    def __init__(
        self,
        http: httpx2.Client,
        creator: str = CREATOR,
        scopes: Sequence[str] | None = None,
        app_id: str = APP_ID,
    ) -> None:
        self.http = http
        self.creator = creator
        order: dict[str, Any] = {"client_key": app_id, "creator": creator}
        if scopes is not None:
            order["scopes"] = list(scopes)
        issued = self.control("POST", "tokens", order)
        self.business_id: str = issued["open_id"]
        self.token: str = issued["access_token"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/_emulator/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def call(self, operation: Operation[..., Any], /, **values: Any) -> dict[str, Any]:
        """The whole answer. Values of bytes are sent as files."""
        values = {"business_id": self.business_id} | values
        headers = {"Access-Token": self.token}
        files = {name: (name, one) for name, one in values.items() if isinstance(one, bytes)}
        if operation.method == "GET":
            query = {n: v if isinstance(v, str) else json.dumps(v) for n, v in values.items()}
            answer = self.http.get(operation.path, params=query, headers=headers)
        elif files:
            texts = {name: one for name, one in values.items() if name not in files}
            answer = self.http.post(operation.path, data=texts, files=files, headers=headers)
        else:
            answer = self.http.post(operation.path, json=values, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def data(self, operation: Operation[..., Any], /, **values: Any) -> dict[str, Any]:
        """The data of a call that succeeds."""
        found = self.call(operation, **values)
        assert found["code"] == 0, found
        data: dict[str, Any] = found["data"]
        return data

    def code(self, operation: Operation[..., Any], /, **values: Any) -> int:
        """The code of a call that fails."""
        found = self.call(operation, **values)
        assert found["code"] != 0, found
        return int(found["code"])
