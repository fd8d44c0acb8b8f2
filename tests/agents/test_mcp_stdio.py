"""`stagedoor agents stdio` as a real process, between MCP clients and the service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from stagedoor.agents.mcp.bridge import BridgeError, endpoint
from tests.agents.conftest import AgentFixture
from tests.connector.conftest import Service
from tests.support import media
from tests.support.local import Local
from tests.support.mcp_client import MODES, Mode, talking_by_stdio
from tests.support.prepared import Prepared
from tests.support.site import Site, running_site

READS = ({"resource": "profile", "level": "read"}, {"resource": "videos", "level": "read"})
BRIDGE = (sys.executable, "-m", "stagedoor.cli", "agents", "stdio")
NOBODY = "http://127.0.0.1:9"
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


def surroundings(key: str | None) -> dict[str, str]:
    """This process's environment, with a key and without settings of a service."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STAGEDOOR_")}
    return kept if key is None else kept | {"STAGEDOOR_AGENT_KEY": key}


@contextmanager
def bridged(key: str | None, url: str) -> Iterator[subprocess.Popen[str]]:
    """A bridge whose lines the test writes and reads itself."""
    with Prepared(
        [*BRIDGE, "--url", url],
        env=surroundings(key),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], *messages: Any) -> None:
    assert process.stdin is not None
    for message in messages:
        text = message if isinstance(message, str) else json.dumps(message)
        process.stdin.write(text + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def asked(
    number: int, name: str = "list_videos", arguments: dict[str, Any] | None = None
) -> dict[str, Any]:
    params = {"name": name, "arguments": {"max_count": 1} if arguments is None else arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


@pytest.mark.parametrize("mode", MODES)
def test_a_client_speaks_to_the_service_through_it(
    agent: AgentFixture, local: Local, mode: Mode
) -> None:
    agent.given(*READS)
    command = [*BRIDGE, "--url", agent.service.url]
    with talking_by_stdio(command, surroundings(agent.key), mode) as talk:
        assert "list_videos" in talk.tools()
        assert talk.good("list_videos", max_count=1)["videos"]
        assert talk.good("read_profile")["user"]["username"] == "maracooks"
        told = talk.call("publish_video", privacy_level="SELF_ONLY", upload="x")
        assert told.text.startswith("denied_by_policy: Post to profile is off for this agent.")
    assert len(local.calls("display.video_list")) == 1
    assert {row["decision"] for row in agent.rows()} == {"allowed", "denied"}


@sqlite_only
@pytest.mark.parametrize("mode", MODES)
def test_progress_comes_through(agent: AgentFixture, mode: Mode) -> None:
    agent.given({"resource": "posting", "level": "full"})
    command = [*BRIDGE, "--url", agent.service.url]
    with talking_by_stdio(command, surroundings(agent.key), mode) as talk:
        (place,) = talk.good("begin_upload")["uploads"]
        agent.service.http.put(place["upload_url"], content=b"no video, but nobody looks yet")
        waited = talk.watched(
            "publish_video", privacy_level="SELF_ONLY", upload=place["upload"], wait_seconds=1
        )
        assert waited.data["status"] == "PROCESSING_UPLOAD"
        assert talk.progress[0][1] == "The post is checking."


@sqlite_only
def test_what_is_wrong_is_one_line(agent: AgentFixture, service: Service) -> None:
    for key, url, words in [
        (None, service.url, "STAGEDOOR_AGENT_KEY is missing: set it to the key"),
        ("", service.url, "STAGEDOOR_AGENT_KEY is missing"),
        ("sda_nobody", service.url, "the service doesn't know this key: see STAGEDOOR_AGENT_KEY"),
        ("sda_n\u00f6", service.url, "STAGEDOOR_AGENT_KEY is no key"),
        (agent.key, NOBODY, f"no answer from {NOBODY}/mcp"),
        (agent.key, "nonsense", "nonsense is no address of a service"),
        (agent.key, f"{service.url}/healthz", "answers 404: is Stagedoor there?"),
    ]:
        with bridged(key, url) as process:
            out, errors = process.communicate("", timeout=30)
        assert process.returncode == 1
        assert out == ""
        (line,) = errors.splitlines()
        assert line.startswith("Error: ")
        assert words in line
        assert agent.key not in errors


@sqlite_only
def test_lines_that_are_no_messages_are_answered_and_it_goes_on(
    agent: AgentFixture, local: Local
) -> None:
    agent.given(*READS)
    with bridged(agent.key, agent.service.url) as process:
        say(process, "", "{", "[]", '{"jsonrpc": "2.0", "id": 1, "method": 7}')
        assert [hear(process)["error"]["code"] < 0 for _ in range(3)] == [True] * 3
        say(process, [asked(1), asked(2)])
        assert hear(process)["error"]["code"] < 0
        quiet = asked(3)
        del quiet["id"]
        say(process, quiet, {"jsonrpc": "2.0", "method": "notifications/cancelled"})
        say(process, asked(4))
        answer = hear(process)
        assert answer["id"] == 4
        assert answer["result"]["structuredContent"]["videos"]
        assert len(local.calls("display.video_list")) == 1
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


@sqlite_only
def test_calls_run_beside_each_other_and_their_end_is_waited_for(
    agent: AgentFixture, site: Site
) -> None:
    agent.given(*READS, {"resource": "posting", "level": "full"})
    site.hold, site.pages["/film.mp4"] = threading.Event(), media.video()
    film = {"video_url": f"{site.url}/film.mp4", "privacy_level": "SELF_ONLY"}
    with bridged(agent.key, agent.service.url) as process:
        say(process, asked(1, "publish_video", film))
        assert site.held.wait(20)
        say(process, asked(2, "list_accounts") | {"id": "two"})
        assert process.stdin is not None
        process.stdin.close()
        assert hear(process)["id"] == "two"
        site.hold.set()
        assert hear(process)["id"] == 1
        assert process.wait(20) == 0


@sqlite_only
def test_a_cancelled_call_is_not_answered_but_recorded(agent: AgentFixture, local: Local) -> None:
    agent.given(*READS)
    local.fault("display.video_list", "slow", seconds=5.0, times=1)
    with bridged(agent.key, agent.service.url) as process:
        say(process, asked(1))
        agent.service.until(lambda: agent.rows(operation="display.video_list"))
        say(
            process,
            {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        )
        say(process, asked(2))
        assert hear(process)["id"] == 2

        def outcomes() -> Any:
            found = [row["outcome"] for row in agent.rows()]
            return found if all(found) else None

        assert agent.service.until(outcomes) == ["done", "done"]


@sqlite_only
def test_an_agent_that_is_gone_is_told(agent: AgentFixture, service: Service) -> None:
    agent.given(*READS)
    with bridged(agent.key, agent.service.url) as process:
        say(process, asked(1))
        assert hear(process)["id"] == 1
        service.api("DELETE", f"/api/agents/{agent.id}")
        say(process, asked(2))
        told = hear(process)
        assert (told["id"], told["result"]["isError"]) == (2, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) != 0


def test_a_service_that_went_away_is_said() -> None:
    with running_site() as site, bridged("sda_any", site.url) as process:
        while not site.got:
            assert process.poll() is None
            time.sleep(0.01)
        site.statuses.append(502)
        say(process, asked(1))
        told = hear(process)
        assert (told["id"], told["error"]["code"]) == (1, -32000)
        assert "answers 502: is Stagedoor there?" in told["error"]["message"]
        site.then = 401
        say(process, asked(2))
        assert "doesn't know this key" in hear(process)["error"]["message"]
        process.terminate()
        assert process.stderr is not None
        assert len(process.stderr.read().splitlines()) == 2


def test_an_address_may_name_the_path_or_leave_it_out() -> None:
    for url in ("http://a.example.com", "http://a.example.com/", "http://a.example.com/mcp"):
        assert endpoint(url) == "http://a.example.com/mcp"
    assert endpoint("https://a.example.com/stage/") == "https://a.example.com/stage/mcp"
    with pytest.raises(BridgeError, match="no address"):
        endpoint("ftp://a.example.com")
