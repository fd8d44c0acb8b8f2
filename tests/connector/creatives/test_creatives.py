"""Files and posts that become creatives of ads, over the service's routes."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from stagedoor.connector import process_identity
from stagedoor.connector.creatives.models import ad_creatives
from stagedoor.connector.media.disk_space import Pace
from stagedoor.connector.media.storage import RESERVE
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support import media
from tests.support.business_connecting import ADVERTISER, OTHER_ADVERTISER, connect_business
from tests.support.local import Local

CREATIVES = "/api/ads/creatives"
UPLOAD = "business.file_video_upload"
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Library(PumpedStudio):
    """An organisation with an ad account, and what the emulator has in the ad account's library."""

    def form(
        self, data: bytes, name: str = "clip.mp4", account: str | None = ADVERTISER, **more: Any
    ) -> httpx2.Response:
        role = more.pop("role", "admin")
        headers = {"orgid": "acme", "authorization": f"Bearer {self.service.token(role=role)}"}
        headers |= more.pop("headers", {})
        fields = more if account is None else {"accountId": account, **more}
        answer: httpx2.Response = self.service.http.post(
            CREATIVES, data=fields, files={"file": (name, data)}, headers=headers
        )
        return answer

    def add(self, data: bytes, name: str = "clip.mp4", **more: Any) -> dict[str, Any]:
        answer = self.form(data, name, **more)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def listed(self, account: str = ADVERTISER, **more: Any) -> dict[str, Any]:
        return dict(self.service.api("GET", CREATIVES, accountId=account, **more))

    def uploads(self) -> int:
        """Uploads of videos that TikTok took."""
        return sum(one["code"] in ("ok", "lost") for one in self.local.calls(UPLOAD))

    def stored(self, creative: dict[str, Any], account: str = ADVERTISER) -> Any:
        """The video as the emulator has it."""
        video_id = creative["creativeId"].removeprefix("video:")
        client = self.service.services.business.for_advertiser("acme", account)
        [found] = client.creatives.video_info(video_ids=(video_id,)).list
        return found

    def kept_files(self) -> list[Any]:
        folder = self.service.services.settings.data / "media"
        return [one for one in folder.glob("*/*") if one.is_file()]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


@pytest.fixture
def library(service_without_worker: Service, local: Local) -> Library:
    connect_business(service_without_worker)
    return Library(service_without_worker, local, "")


def test_a_video_is_uploaded_once_and_told_when_it_is_ready(library: Library) -> None:
    data = media.video()
    receiver = {"url": "http://127.0.0.1:9/", "events": ["ads.*"]}
    webhook = library.service.api("POST", "/api/webhooks", receiver)["webhook"]["id"]
    made = library.add(data, "Läufer/Best cut.mp4")
    assert made["creativeId"].startswith("video:")
    assert (made["kind"], made["source"], made["note"]) == ("video", "file", None)
    library.pump(30)
    [shown] = library.listed()["creatives"]
    assert (shown["status"], shown["creativeId"]) == ("ready", made["creativeId"])
    assert (shown["width"], shown["height"]) == (360, 640)
    told = library.service.api("GET", f"/api/webhooks/{webhook}/deliveries")["deliveries"]
    assert [one["type"] for one in told] == ["ads.creativeReady"]
    found = library.stored(made)
    assert found.signature == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert found.file_name.startswith("Best cut ")
    again = library.add(data, "another name.mp4")
    assert again["creativeId"] == made["creativeId"]
    assert library.uploads() == 1
    assert library.kept_files() == []
    other = library.add(data, account=OTHER_ADVERTISER)
    assert other["accountId"] == OTHER_ADVERTISER
    assert library.uploads() == 2
    assert len(library.listed(OTHER_ADVERTISER)["creatives"]) == 1


def test_a_lost_answer_makes_no_second_file(library: Library) -> None:
    library.local.fault(UPLOAD, "lost")
    data = media.video()
    found = library.add(data)
    assert library.uploads() == 1
    assert library.add(data)["creativeId"] == found["creativeId"]

    library.local.fault(UPLOAD, "lost")
    library.local.fault("business.file_video_search", "cut", times=5)
    data = media.video(seconds=4)
    answer = library.form(data)
    assert (answer.status_code, answer.json()["error"]["retryable"]) == (502, True)
    assert len(library.listed()["creatives"]) == 1
    library.local.control("DELETE", "faults")
    second = library.add(data)
    assert second["creativeId"] != found["creativeId"]
    assert library.uploads() == 2
    assert library.kept_files() == []


@ON_ONE
def test_an_image_is_ready_at_once(library: Library) -> None:
    made = library.add(media.photo(), "dish.jpg")
    assert made["creativeId"].startswith("image:")
    assert (made["kind"], made["status"], made["width"]) == ("image", "ready", 720)
    assert library.add(media.photo(), "dish.jpg") == made | {"createdAt": made["createdAt"]}
    page = library.listed(limit=1)
    assert page["nextCursor"] is None
    library.add(media.photo(800), "wide.jpg")
    page = library.listed(limit=1)
    assert [one["width"] for one in page["creatives"]] == [800]
    rest = library.listed(limit=1, cursor=page["nextCursor"])
    assert [one["width"] for one in rest["creatives"]] == [720]


@ON_ONE
def test_what_tiktok_would_not_take_is_not_sent(library: Library) -> None:
    def refused(answer: httpx2.Response, status: int, code: str) -> str:
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code), answer.text
        return str(error["message"])

    good = media.video()
    assert "can't be read" in refused(library.form(b"no video" * 100), 400, "media_rejected")
    refused(library.form(media.photo(2_400, 2_400), "big.jpg"), 400, "media_rejected")
    assert "accountId" in refused(library.form(good, account=None), 400, "invalid_request")
    assert "folder" in refused(library.form(good, folder="x"), 400, "invalid_request")
    refused(library.form(good, account="7000000000000009999"), 403, "account_not_accessible")
    refused(library.form(good, role="member"), 403, "forbidden")
    headers = {"orgid": "acme", "authorization": f"Bearer {library.service.token()}"}
    empty = library.service.http.post(
        CREATIVES, files={"accountId": (None, ADVERTISER)}, headers=headers
    )
    assert "no file" in refused(empty, 400, "invalid_upload")
    listed = library.service.send("GET", CREATIVES, accountId="7000000000000009999")
    refused(listed, 403, "account_not_accessible")
    assert library.uploads() == 0
    assert library.kept_files() == []
    assert library.listed()["creatives"] == []
    library.add(good)


def test_a_post_is_shown_itself_or_its_file_is_uploaded(library: Library) -> None:
    library.account = library.service.connect()
    post = library.run(library.post(), "published")
    asked = {"accountId": ADVERTISER, "publishId": post["publishId"]}
    made = library.service.api("POST", CREATIVES, asked)
    item = post["publicIds"][0]
    assert made["creativeId"].startswith(f"post:{item}:TT_USER:")
    assert (made["source"], made["status"], made["publishId"]) == (
        "post",
        "ready",
        post["publishId"],
    )
    assert library.service.api("POST", CREATIVES, asked) == made

    other = asked | {"accountId": OTHER_ADVERTISER}
    uploaded = library.service.api("POST", CREATIVES, other)
    assert (uploaded["kind"], uploaded["source"]) == ("video", "postMedia")
    assert "no identity of @maracooks" in uploaded["note"]
    assert library.uploads() == 1

    connect_business(library.service, "businessAccount", integrationId=library.account)
    by_code = library.service.api("POST", CREATIVES, other)
    assert by_code["creativeId"].startswith(f"post:{item}:AUTH_CODE:")
    assert (by_code["source"], by_code["note"]) == ("post", None)
    assert library.service.api("POST", CREATIVES, other) == by_code
    sources = [one["source"] for one in library.listed(OTHER_ADVERTISER)["creatives"]]
    assert sources == ["post", "postMedia"]

    draft = library.draft()
    answer = library.service.send("POST", CREATIVES, asked | {"publishId": draft})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "post_unusable")
    answer = library.service.send("POST", CREATIVES, asked | {"publishId": "nothing"})
    assert answer.status_code == 404


@ON_ONE
def test_a_form_that_stands_still_or_finds_no_room_is_ended(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_service = library.service.services.media
    boundary, data = "limit", media.video()
    head = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="accountId"\r\n\r\n{ADVERTISER}\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    ).encode()

    def dawdling() -> Iterator[bytes]:
        yield head + data
        time.sleep(1.0)
        yield f"\r\n--{boundary}--\r\n".encode()

    headers = {
        "orgid": "acme",
        "authorization": f"Bearer {library.service.token()}",
        "content-type": f"multipart/form-data; boundary={boundary}",
    }
    with monkeypatch.context() as patched:
        patched.setattr(media_service, "pace", Pace(1 << 20, 0.3))
        answer = library.service.http.post(CREATIVES, content=dawdling(), headers=headers)
        assert answer.json()["error"]["code"] == "upload_too_slow"
        patched.setattr(media_service.storage, "free", lambda: RESERVE + 1_000)
        assert library.form(data).json()["error"]["code"] == "storage_full"
    assert library.kept_files() == []
    assert library.uploads() == 0
    answer = library.service.http.post(CREATIVES, content=dawdling(), headers=headers)
    assert answer.status_code == 200, answer.text


@ON_ONE
def test_an_upload_whose_process_died_is_taken_over(library: Library) -> None:
    data = media.video()
    made = library.add(data)
    dead = {"held_by": f"{socket.gethostname()} 1 1.00 somebody", "held_until": time.time() + 500}
    unknown = {"creative": None, "state": "sending"}

    def held(**values: Any) -> None:
        with library.service.services.database.begin() as connection:
            connection.execute(update(ad_creatives).values(**values))

    held(**unknown, **dead | {"held_by": process_identity.holder()})
    assert library.form(data).json()["error"]["code"] == "creative_under_way"
    held(**dead)
    assert library.add(data)["creativeId"] == made["creativeId"]
    assert library.uploads() == 1


@ON_ONE
def test_a_form_is_recognised_by_its_file_and_not_by_a_key(library: Library) -> None:
    key = {"idempotency-key": "same"}
    first = library.add(media.video(seconds=5), headers=key)
    assert library.add(media.video(seconds=5), headers=key)["creativeId"] == first["creativeId"]
    other = library.add(media.video(seconds=6), headers=key)
    assert other["creativeId"] != first["creativeId"]
    assert library.uploads() == 2
