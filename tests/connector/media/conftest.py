"""Uploads to the service, with an account that is never asked for anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.media.service import MediaKind
from tests.connector.conftest import Service


@dataclass
class Uploader:
    """Sends files to the upload addresses of a service."""

    service: Service

    def place(self, kind: MediaKind = MediaKind.VIDEO, size: int | None = None) -> tuple[str, str]:
        """A medium's id and where it is to be sent to."""
        services = self.service.services
        with services.database.begin() as connection:
            upload = services.media.expect(TenantConnection(connection, "acme"), kind, size=size)
        return upload.media_id, upload.url

    def put(self, url: str, data: bytes, **headers: str) -> httpx2.Response:
        return self.service.http.put(
            url, content=data, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )

    def piece(self, url: str, data: bytes, first: int, total: int) -> httpx2.Response:
        last = first + len(data) - 1
        return self.put(url, data, content_range=f"bytes {first}-{last}/{total}")

    def stored(self, media_id: str) -> bytes:
        services = self.service.services
        with services.database.read() as connection:
            medium = services.media.find(TenantConnection(connection, "acme"), media_id)
        assert medium is not None
        with services.media.storage.open(medium.parts) as file:
            return bytes(file.read() or b"")

    def error(self, answer: httpx2.Response) -> tuple[int, str, Any]:
        body = answer.json()["error"]
        return answer.status_code, body["code"], body["detail"]


@pytest.fixture
def uploader(service_without_worker: Service) -> Uploader:
    return Uploader(service_without_worker)
