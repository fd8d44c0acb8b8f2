"""People's actions by API and command line are in the audit, beside those of agents."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from stagedoor.cli import agents, pause, resume
from tests.agents.conftest import AgentFixture
from tests.connector.conftest import Service

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CALL = "/api/upstream/call/tiktok-provider"
DRAFT = {"title": "A dish", "privacyLevel": "SELF_ONLY"}


def acted(service: Service, **query: Any) -> list[dict[str, Any]]:
    rows = service.api("GET", "/api/audit", decision="acted", **query)["rows"]
    return [dict(row) for row in reversed(rows)]


def test_a_change_is_recorded_with_its_user_and_its_outcome(agent: AgentFixture) -> None:
    service = agent.service
    body = DRAFT | {"integrationId": agent.account}
    begun = service.api("POST", f"{CALL}/init-video-upload", body, role="member", user="ann")
    path = f"/api/posts/{begun['publishId']}"
    service.api("PATCH", path, {"title": "Two dishes"}, user="bob")
    assert service.send("POST", f"{path}/retry", user="bob").status_code == 409
    made, changed, refused = acted(service)
    assert (made["decidedBy"], made["rule"], made["outcome"]) == ("ann", "member", "done")
    assert (made["operation"], made["account"]) == ("initVideoUpload", agent.account)
    assert made["sentence"] == (
        "ann: Create a draft of a video, and a URL to upload its file to "
        f"(POST {CALL}/init-video-upload)."
    )
    assert (changed["decidedBy"], changed["operation"]) == ("bob", "patchPost")
    assert path in changed["sentence"]
    assert (refused["operation"], refused["outcome"]) == ("retryPost", "failed")
    assert service.api("GET", "/api/audit/verify")["intact"]


def test_the_record_names_what_the_body_of_a_request_names(agent: AgentFixture) -> None:
    service = agent.service
    publish_id = service.api("POST", f"{CALL}/init-video-upload", DRAFT)["publishId"]
    asked = {"publishId": publish_id}
    service.api("POST", f"{CALL}/cancel-post", asked, user="bob")
    # what is no id isn't kept, nor are names that nobody declared
    odd = {"publishId": "x" * 65, "caption": "secret", "a) b.Id": "y", "Id": "z", "mediaId": 7}
    assert service.send("POST", f"{CALL}/publish-video", odd).status_code == 400
    assert service.send("POST", f"{CALL}/publish-video", [1]).status_code == 400
    _, cancelled, *refused = acted(service)
    assert cancelled["sentence"].endswith(f"(POST {CALL}/cancel-post: publishId {publish_id}).")
    assert [one["sentence"].endswith(f"(POST {CALL}/publish-video).") for one in refused] == [
        True,
        True,
    ]
    found = service.api("GET", "/api/audit", decision="acted", q=publish_id)["rows"]
    assert [one["operation"] for one in found] == ["cancelPost"]


def test_reads_refusals_and_repetitions_are_no_actions(agent: AgentFixture) -> None:
    service = agent.service
    service.api("GET", "/api/posts")
    service.api("POST", f"{CALL}/user-info", {})
    assert service.send("POST", "/api/pause", role="member").status_code == 403
    assert acted(service) == []
    headers = {"idempotency-key": "once"}
    for _ in range(2):
        service.api("POST", f"{CALL}/init-video-upload", DRAFT, headers=headers)
    assert [row["operation"] for row in acted(service)] == ["initVideoUpload"]


def test_a_long_path_is_cut_in_the_record(agent: AgentFixture) -> None:
    assert agent.service.send("DELETE", "/api/posts/" + 9_000 * "x").status_code == 404
    with agent.service.services.database.read() as connection:
        query = "SELECT t.text FROM audit_texts t JOIN audit_entries e ON e.seq = t.seq"
        [kept] = connection.scalars(text(f"{query} WHERE e.decision = 'acted'"))
    assert "DELETE /api/posts/xxx" in kept
    assert len(kept) < 700


def test_people_and_agents_are_listed_together(agent: AgentFixture) -> None:
    agent.given({"resource": "videos", "level": "read"})
    agent.asks("display.video_list")
    agent.service.api("POST", "/api/pause", {"why": "a test"})
    rows = agent.service.api("GET", "/api/audit")["rows"]
    assert [row["decision"] for row in rows][:3] == ["acted", "allowed", "changed"]
    assert agent.service.api("GET", "/api/audit", by="agents")["rows"] == rows[1:2]
    assert [row["id"] for row in acted(agent.service, q="Pause the")] == [rows[0]["id"]]
    assert agent.service.api("GET", "/api/audit", org="other")["rows"] == []


def test_what_cannot_be_recorded_is_not_done_but_a_stop_is(agent: AgentFixture) -> None:
    service = agent.service
    service.api("POST", "/api/pause")
    with service.services.database.begin() as connection:
        connection.execute(text("UPDATE audit_heads SET seq = 0"))
    path, asked = f"/api/agents/{agent.id}/explain", {"operation": "display.video_list"}
    assert service.api("POST", path, asked)["decision"] == "denied"  # a read by POST
    refused = service.send("POST", "/api/resume")
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "audit_unavailable"
    assert service.api("GET", "/api/pause")["paused"]
    assert service.send("POST", f"{CALL}/init-video-upload", DRAFT).status_code == 503
    assert service.api("GET", "/api/posts")["posts"] == []
    assert service.api("POST", "/api/pause", {"why": "again"})["why"] == "again"


# the first breaks the record of what begins, the second that of its outcome
TAKEN = """CREATE TRIGGER broken BEFORE INSERT ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed'); END"""
UNSETTLED = """CREATE TRIGGER broken BEFORE INSERT ON audit_entries WHEN NEW.kind = 'outcome'
    BEGIN SELECT json('{'); END"""


@pytest.mark.parametrize("broken", [TAKEN, UNSETTLED])
def test_a_stop_works_whatever_is_wrong_with_the_audit(
    agent: AgentFixture, environment: dict[str, str], broken: str
) -> None:
    service = agent.service
    with service.services.database.begin() as connection:
        connection.execute(text(broken))
    assert service.api("POST", "/api/pause", {"why": "by API"})["why"] == "by API"
    done = CliRunner().invoke(
        pause.command, ["--org", "acme", "--why", "by command"], env=environment
    )
    assert done.exit_code == 0, done.output
    assert service.api("GET", "/api/pause")["why"] == "by command"


def test_the_command_line_is_recorded_too(agent: AgentFixture, environment: dict[str, str]) -> None:
    for command in (pause.command, resume.command):
        done = CliRunner().invoke(command, ["--org", "acme"], env=environment)
        assert done.exit_code == 0, done.output
    paused, resumed = acted(agent.service)
    said = (paused["decidedBy"], paused["operation"], paused["outcome"])
    assert said == ("cli", "pausePosts", "done")
    assert resumed["operation"] == "resumePosts"


def test_sign_ins_that_the_command_line_makes_and_ends_are_recorded(
    agent: AgentFixture, environment: dict[str, str]
) -> None:
    for words in (["sign-in", agent.id], ["sign-out", agent.id, "--all"]):
        done = CliRunner().invoke(agents.command, [*words, "--org", "acme"], env=environment)
        assert done.exit_code == 0, done.output
    made, ended = acted(agent.service)[-2:]
    assert (made["decidedBy"], made["operation"]) == ("cli", "makeSignInCode")
    assert (ended["decidedBy"], ended["operation"]) == ("cli", "endSignIn")
