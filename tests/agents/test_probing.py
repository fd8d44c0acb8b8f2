"""Files that take long to look into hold up their own organisation's uploads, and nothing else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from stagedoor.agents.approvals.errors import ApprovalNeeded
from stagedoor.connector.media.prober import SHARE, Prober
from tests.agents.approval_steps import ASKED, get
from tests.agents.call_requests import call_request
from tests.agents.conftest import AgentFixture, make
from tests.support import media

MANY = 12
WAITING = 4
REFUSED = MANY - SHARE - WAITING


class Held(Prober):
    """Its children answer when a test lets them."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.end = threading.Event()
        self.begun = threading.Semaphore(0)

    def _ask(self, *given: Any) -> dict[str, Any]:
        self.begun.release()
        self.end.wait(60)
        return super()._ask(*given)


def place(agent: AgentFixture, number: int, size: int) -> tuple[str, str]:
    """An approval that waits for its file, and the path to send it to."""
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size}
    arguments = {
        "post_info": {"title": f"Number {number}", "privacy_level": "SELF_ONLY"},
        "source_info": source | {"total_chunk_count": 1},
    }
    with pytest.raises(ApprovalNeeded) as needed:
        agent.agents.calls.make(agent.caller, call_request(agent, "posting.video_init", arguments))
    url = needed.value.detail["uploadUrl"]
    return needed.value.detail["approvalId"], url[url.index("/agents/upload/") :]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_uploads_whose_files_are_looked_into_hold_up_no_route(
    agent: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # fewer than the organisation's threads for slow work, so that the prober refuses some
    monkeypatch.setattr("stagedoor.connector.media.prober.WAITING", WAITING)
    agent.given(ASKED)
    other = make(agent.service, agent.agents, "Another")
    service, film = agent.service, media.video()
    places = [place(agent, number, len(film)) for number in range(MANY)]
    store = service.services.media
    store.__dict__["prober"] = held = Held(store.storage)

    def send(path: str) -> httpx2.Response:
        return httpx2.put(f"{service.url}{path}", content=film, timeout=60)

    with ThreadPoolExecutor(MANY) as senders:
        sent = {path: senders.submit(send, path) for _, path in places}
        try:
            for _ in range(SHARE):
                assert held.begun.acquire(timeout=30)
            service.until(lambda: sum(one.done() for one in sent.values()) == REFUSED)
            # the others wait for their files; everything else is answered meanwhile
            assert service.http.get("/readyz").status_code == 200
            assert service.send("GET", "/api/approvals").status_code == 200
            service.api("POST", f"/api/agents/{other.id}/stop")
            assert not held.begun.acquire(blocking=False)
        finally:
            held.end.set()
        answers = {path: one.result() for path, one in sent.items()}
    refused = [path for path, answer in answers.items() if answer.status_code == 503]
    assert len(refused) == REFUSED
    assert answers[refused[0]].json()["error"]["code"] == "busy"
    for path in refused:  # nothing was lost: the same request again
        assert send(path).status_code == 201
    assert {get(agent, approval)["state"] for approval, _ in places} == {"pending"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_person_is_shown_the_size_that_plays(agent: AgentFixture) -> None:
    agent.given(ASKED)
    turned = media.video(width=1280, height=720, turned=90)
    approval, path = place(agent, 1, len(turned))
    assert agent.service.http.put(path, content=turned).status_code == 201
    (file,) = get(agent, approval)["preview"]["files"]
    assert (file["width"], file["height"]) == (720, 1280)
