"""The service in this process, asked by a viewer."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx2

from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.serving import make_app
from stagedoor.connector.tenants.roles import Role
from stagedoor.connector.tenants.tokens import mint

ORG = "acme"


class InProcessService:
    """A service without a worker, on a store that `fill` filled."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.services = Container.build(settings.load(environ=environment))
        self.fill()
        app = make_app(self.services, None)
        self._http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1", timeout=60
        )
        jwt = self.services.settings.jwt, self.services.keys.jwt
        token = mint(*jwt, org=ORG, user="b", role=Role.VIEWER, now=time.time(), seconds=3_600)
        self._headers = {"orgid": ORG, "authorization": f"Bearer {token}"}
        self.loop = asyncio.new_event_loop()
        self.size = sum(
            file.stat().st_size for file in self.services.settings.data.glob("stagedoor.db*")
        )

    def fill(self) -> None:
        """Write the rows that are asked for later."""

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.loop.run_until_complete(
            self._http.get(path, params=query, headers=self._headers)
        )
        answer.raise_for_status()
        found: dict[str, Any] = json.loads(answer.content)
        return found

    def close(self) -> None:
        self.loop.run_until_complete(self._http.aclose())
        self.loop.close()
        self.services.close()
