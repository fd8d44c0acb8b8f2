"""Short ways to upload videos and images for ads, by plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_creatives as creatives
from tests.examples.business import ADVERTISER_ID
from tests.examples.business_creatives import md5

Sent = tuple[str, bytes]
"""The name and the bytes of a file."""


@dataclass
class Creatives:
    """An ad account with a token. `call` returns the whole envelope, `ask` its data."""

    http: httpx2.Client
    headers: Mapping[str, str]
    id: str = ADVERTISER_ID

    def call(self, operation: Operation[..., Any], /, **values: Any) -> Any:
        """The answer's envelope. A value that is a pair of name and bytes is sent as a file."""
        values = {"advertiser_id": self.id} | values
        files = {name: one for name, one in values.items() if isinstance(one, tuple)}
        texts = {name: one for name, one in values.items() if name not in files}
        if operation.method == "GET":
            query = {n: v if isinstance(v, str) else json.dumps(v) for n, v in texts.items()}
            answer = self.http.get(operation.path, params=query, headers=self.headers)
        elif files:
            answer = self.http.post(operation.path, data=texts, files=files, headers=self.headers)
        else:
            answer = self.http.post(operation.path, json=texts, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, operation: Operation[..., Any], /, **values: Any) -> Any:
        """The answer's data; fails the test if the call was refused."""
        told = self.call(operation, **values)
        assert told["code"] == 0, told
        return told["data"]

    def refused(self, operation: Operation[..., Any], /, **values: Any) -> tuple[int, str]:
        """Code and message of a refused call."""
        told = self.call(operation, **values)
        assert told["data"] == {}, told
        return told["code"], told["message"]

    def video(self, file: Sent, **more: Any) -> Any:
        """Upload a video from its bytes."""
        values = {"video_file": file, "video_signature": md5(file[1])} | more
        [found] = self.ask(creatives.FILE_VIDEO_UPLOAD, **values)
        return found

    def image(self, file: Sent, **more: Any) -> Any:
        """Upload an image from its bytes."""
        values = {"image_file": file, "image_signature": md5(file[1])} | more
        return self.ask(creatives.FILE_IMAGE_UPLOAD, **values)

    def videos(self, *ids: str) -> list[Any]:
        """Videos by their ids."""
        found: list[Any] = self.ask(creatives.FILE_VIDEO_INFO, video_ids=list(ids))["list"]
        return found

    def found(self, operation: Operation[..., Any], /, **values: Any) -> list[str]:
        """The names that a search finds."""
        return [one["file_name"] for one in self.ask(operation, **values)["list"]]
