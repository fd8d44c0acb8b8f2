"""The backends in `examples/` take a customer all the way, as processes on a real service."""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shlex
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from standardwebhooks import Webhook

from stagedoor.cli.demo.processes import free_port
from stagedoor.testing import consent
from tests.support import media

from .conftest import Shell
from .test_service import Up, up

T = TypeVar("T")
EXAMPLES = Path(__file__).parents[2] / "examples"
DOCS = EXAMPLES.with_name("docs")
SECRET = "a secret of at least 32 bytes, shared"
KEY = "a-long-random-key"
BACKENDS = {
    "python": (sys.executable, EXAMPLES / "backend-python" / "backend.py"),
    "node": (shutil.which("node") or "node", EXAMPLES / "backend-node" / "backend.mjs"),
}


@contextmanager
def backend(name: str, service: Up) -> Iterator[httpx2.Client]:
    """The backend as a process, and its customer's browser. Its customer has its name."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    data = service.shell.folder / name
    data.mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "STAGEDOOR_URL": service.service,
        "STAGEDOOR_JWT_SECRET": SECRET,
        "CUSTOMERS": json.dumps({name: KEY, "another": "another-key"}),
        "PORT": str(port),
        "DATA": str(data),
    }
    command = BACKENDS[name]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"backend on {url}\n"
            with httpx2.Client(base_url=url, timeout=30, trust_env=False) as browser:
                soon(lambda: reached(browser), "the backend listens")
                yield browser
        finally:
            process.terminate()
            said = process.stdout.read()
    assert said == "", said


def reached(browser: httpx2.Client) -> bool:
    try:
        return browser.get("/").status_code == 200
    except httpx2.ConnectError:
        return False


def soon(found: Callable[[], T], what: str) -> T:
    end = time.monotonic() + 40
    while not (value := found()):
        assert time.monotonic() < end, f"not within 40 s: {what}"
        time.sleep(0.1)
    return value


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_customer_of_each_backend_connects_posts_hears_and_answers(shell: Shell) -> None:
    shell.env |= {"STAGEDOOR_JWT_SECRET": SECRET, "STAGEDOOR_FETCH_PRIVATE": "1"}
    with up(shell) as service, ExitStack() as stack:
        browsers = {name: stack.enter_context(backend(name, service)) for name in BACKENDS}
        for name, browser in browsers.items():
            account = {"username": f"soups.of.{name}", "display_name": f"Soups of {name}"}
            made = httpx2.post(f"{service.emulator}/_emulator/creators", json=account)
            assert made.is_success, made.text
            connects(browser, account["username"])
            published = posts(browser, name)
            takes_no_forged_event(browser, name, service)
            answers_a_comment(browser, name, service, published)
            tells_errors(browser)
        for page in ("inbox", "sync", "research"):
            runs_as_written(page, service)


def connects(browser: httpx2.Client, creator: str) -> None:
    assert browser.get("/connect").status_code == 401
    assert browser.get("/accounts", headers={"authorization": "Bearer no"}).status_code == 401
    assert browser.post("/sign-in", data={"key": KEY}).headers["location"] == "/"
    assert browser.get("/accounts").json() == []

    started = browser.get("/connect").headers["location"]
    denied = browser.get(consent.walk(browser, started, deny=True), follow_redirects=True)
    assert "TikTok wasn't connected (access_denied)" in denied.text.replace("&#39;", "'").replace(
        "&#x27;", "'"
    )
    for kind in ("creator", "businessAccount"):
        started = browser.get("/connect", params={"kind": kind}).headers["location"]
        page = browser.get(consent.walk(browser, started, creator=creator), follow_redirects=True)
        assert "TikTok is connected" in page.text
    [account] = browser.get("/accounts").json()
    assert (account["accountName"], account["status"]) == (f"@{creator}", "active")
    harmless = browser.get("/connected", params={"integration": "x", "reason": "<script>"})
    assert "<script>" not in harmless.text


def posts(browser: httpx2.Client, name: str) -> str:
    """Publish a post, schedule another one, and return the published video's id."""
    asked = {"caption": f"Soup by {name}", "privacy_level": "PUBLIC_TO_EVERYONE"}

    def post(key: str, **more: str) -> httpx2.Response:
        headers = {"idempotency-key": key} if key else {}
        return browser.post("/posts", params=asked | more, content=media.video(), headers=headers)

    assert post("").status_code in (400, 422)
    first, again = post("soup"), post("soup")
    assert first.status_code == 201, first.text
    publish_id = first.json()["publishId"]
    assert again.json()["publishId"] == publish_id

    at = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    later = post("tomorrow", publish_at=at).json()
    assert (later["state"], later["publishAt"]) == ("scheduled", at)
    shown_later = browser.get(f"/posts/{later['publishId']}").json()
    assert (shown_later["state"], shown_later["events"]) == ("scheduled", [])

    def shown() -> Any:
        found = browser.get(f"/posts/{publish_id}").json()
        assert found["problem"] is None, found
        return found["publicIds"] and "post.published" in found["events"] and found

    found = soon(shown, f"{name} hears that the post is published")
    assert found["state"] == "published"
    other = {"authorization": "Bearer another-key"}
    stranger = httpx2.get(f"{browser.base_url}/posts/{publish_id}", headers=other)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")
    return str(found["publicIds"][0])


def takes_no_forged_event(browser: httpx2.Client, name: str, service: Up) -> None:
    """Nothing is taken that Stagedoor didn't sign just now, and nothing is taken twice."""
    if name == "node":
        secret = json.loads((service.shell.folder / name / "webhooks.json").read_text())[name]
    else:
        with closing(sqlite3.connect(service.shell.folder / name / "backend.db")) as database:
            [(secret,)] = database.execute("SELECT secret FROM webhooks")
    body = json.dumps({"type": "post.failed", "data": {"publishId": "p1"}})

    def send(
        key: str,
        message: str,
        seconds: float = 0,
        sent: str = body,
        changed: dict[str, str] | None = None,
    ) -> int:
        at = datetime.now(UTC) + timedelta(seconds=seconds)
        headers = {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(key).sign(message, at, body),
        }
        answered = browser.post(
            f"/webhooks/stagedoor/{name}", content=sent, headers=headers | (changed or {})
        )
        return answered.status_code

    def kept() -> list[str]:
        return [one["id"] for one in browser.get("/events").json()]

    assert kept()  # those of Stagedoor came
    signature = {"webhook-signature": "v1,bm8= v2,x junk"}
    forged = {
        "another secret": send("whsec_" + "A" * 32, "m1"),
        "another body": send(secret, "m1", sent=body.replace("p1", "p2")),
        "another id": send(secret, "m1", changed={"webhook-id": "m2"}),
        "old": send(secret, "m1", seconds=-600),
        "from the future": send(secret, "m1", seconds=600),
        "no signature": send(secret, "m1", changed=signature),
        "an odd time": send(secret, "m1", changed={"webhook-timestamp": "soon"}),
    }
    assert set(forged.values()) == {401}, forged
    unknown = browser.post("/webhooks/stagedoor/another", content=body)
    assert unknown.status_code == 401
    assert {"m1", "m2"}.isdisjoint(kept())
    assert [send(secret, "m1"), send(secret, "m1")] == [204, 204]
    assert kept().count("m1") == 1


def answers_a_comment(browser: httpx2.Client, name: str, service: Up, video: str) -> None:
    comments = f"{service.emulator}/_emulator/videos/{video}/comments"
    text = f"Which flour, {name}? {secrets.token_hex(4)}"
    httpx2.post(comments, json={"author": "jonas.behind.doors", "text": text}).raise_for_status()
    assert browser.post("/inbox/refresh").status_code == 202

    def unread() -> list[str]:
        listed = browser.get("/inbox").json()["conversations"]
        return [one["id"] for one in listed if one["text"] == text]

    [conversation] = soon(unread, f"the comment comes to {name}")
    headers = {"idempotency-key": "rye"}
    path = f"/inbox/{conversation}/reply"
    first, again = (browser.post(path, json={"text": "Rye"}, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()["direction"]) == (200, "out"), first.text
    assert again.json() == first.json()
    assert unread() == []
    soon(
        lambda: "comment.received" in {one["type"] for one in browser.get("/events").json()},
        f"{name} hears of the comment",
    )


def runs_as_written(page: str, service: Up) -> None:
    """The calls by curl that a page of the docs shows are answered well."""
    text = (DOCS / f"{page}.md").read_text()
    blocks = re.findall(r"```(?:sh)?\n(curl .*?)```", text, re.DOTALL)
    assert blocks, page
    curl = argparse.ArgumentParser("curl")
    curl.add_argument("-s", action="store_true")
    curl.add_argument("-H", action="append")
    curl.add_argument("-d")
    curl.add_argument("url")
    token = service.token()
    for block in blocks:
        words = shlex.split(block.replace("\\\n", " ").replace("$TOKEN", token))
        given = curl.parse_args(words[1:])
        answered = httpx2.request(
            "POST" if given.d else "GET",
            given.url.replace("localhost:8700", service.service),
            headers=dict(header.split(": ", 1) for header in given.H),
            content=given.d,
        )
        assert answered.is_success, f"{page}: {answered.text}"


def tells_errors(browser: httpx2.Client) -> None:
    """The customer gets Stagedoor's code and words."""
    headers = {"idempotency-key": "no"}
    asked = {"caption": "Soup", "privacy_level": "EVERYBODY"}
    refused = browser.post("/posts", params=asked, content=b"no video", headers=headers)
    told = refused.json()
    assert (refused.status_code, told["code"]) == (400, "invalid_request")
    assert "privacyLevel" in told["message"]
    assert told["retryable"] is False
    blank = browser.post("/inbox/unknown/reply", json={"text": "x"}, headers=headers)
    assert (blank.status_code, blank.json()["code"]) == (404, "not_found")
