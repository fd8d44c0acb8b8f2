"""Decisions on agents' calls, and the reasons that agents get."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from stagedoor.agents.audit.entry import CallOutcome
from stagedoor.agents.decisions.decision import Allow, Ask, Deny, Guard
from stagedoor.agents.decisions.request import DecisionRequest
from stagedoor.platform.products import display
from tests.agents.conftest import VIDEO, AgentFixture, make
from tests.connector.conftest import Service
from tests.support.connecting import connect, pass_time
from tests.support.every import every
from tests.support.local import Local

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DRAFT = {"source_info": VIDEO["source_info"]}
"""Arguments of posting.inbox_video_init."""
PUBLISH = {"resource": "posting", "level": "full"}


def reason(found: object) -> str:
    assert isinstance(found, Deny), found
    return found.reason


@sqlite_only
def test_nothing_is_allowed_until_it_is_given(agent: AgentFixture) -> None:
    denied = agent.asks("posting.video_init", VIDEO)
    assert isinstance(denied, Deny)
    name = agent.service.api("GET", "/api/integrations")["integrations"][0]["username"]
    assert denied.sentence == (
        f"Social Agent asked to post 'New product drop #Drop' to @{name}. "
        "Denied: Post to profile is off for this agent."
    )
    [row] = agent.rows()
    assert row["decision"] == "denied"
    assert row["rule"] == Guard.NO_GRANT
    assert row["sentence"] == denied.sentence


def test_what_is_given_is_allowed_and_its_outcome_is_on_record(agent: AgentFixture) -> None:
    agent.given(preset="publisher")
    allowed = agent.asks("posting.video_init", VIDEO)
    assert isinstance(allowed, Allow)
    [before] = agent.rows()
    assert (before["decision"], before["outcome"], before["logId"]) == ("allowed", None, None)
    agent.agents.gate.settle(allowed, CallOutcome.DONE, "20261120ABC")
    agent.agents.gate.settle(allowed, CallOutcome.FAILED, "another")
    [after] = agent.rows()
    assert (after["outcome"], after["logId"]) == ("done", "20261120ABC")
    assert (after["agentName"], after["operation"]) == ("Social Agent", "posting.video_init")
    assert after["rule"] == "posting.full"
    assert after["sentence"].endswith(" Allowed.")


@sqlite_only
def test_read_is_not_full(agent: AgentFixture) -> None:
    agent.given({"resource": "posting", "level": "read"}, {"resource": "videos", "level": "read"})
    assert isinstance(agent.asks("display.video_list"), Allow)
    assert isinstance(agent.asks("posting.creator_info"), Allow)
    assert "may only read" in reason(agent.asks("posting.video_init", VIDEO))
    assert "is off" in reason(agent.asks("display.user_info"))


@sqlite_only
def test_an_account_with_grants_of_its_own_has_no_others(agent: AgentFixture, local: Local) -> None:
    local.control("POST", "creators", {"username": "somebody"})
    second = connect(agent.service, creator="somebody")["integrationId"]
    agent.given(
        {"resource": "videos", "level": "read"},
        {"resource": "videos", "level": "off", "integrationId": agent.account},
    )
    assert "is off" in reason(agent.asks("display.video_list"))
    assert isinstance(agent.asks("display.video_list", account=second), Allow)


@sqlite_only
def test_a_condition_that_does_not_hold_is_told(agent: AgentFixture) -> None:
    cases: list[tuple[dict[str, Any], str, dict[str, Any], str]] = [
        (
            {"privacyLevels": ["PUBLIC_TO_EVERYONE"]},
            "posting.video_init",
            VIDEO,
            "must be PUBLIC_TO_EVERYONE, not SELF_ONLY",
        ),
        ({"draftsOnly": True}, "posting.video_init", VIDEO, "only leave drafts"),
        ({"hashtags": ["#food"]}, "posting.video_init", VIDEO, "#drop isn't among"),
        ({"postsPerDay": 0}, "posting.video_init", VIDEO, "used up"),
        ({"hours": {"begin": "00:00", "end": "00:00"}}, "posting.creator_info", {}, "act from"),
    ]
    for conditions, operation, arguments, words in cases:
        agent.given({**PUBLISH, "conditions": conditions})
        assert words in reason(agent.asks(operation, arguments))
        agent.given(PUBLISH)
        assert isinstance(agent.asks(operation, arguments), Allow)


@sqlite_only
def test_conditions_let_through_what_they_do_not_speak_of(agent: AgentFixture) -> None:
    conditions = {
        "privacyLevels": ["SELF_ONLY"],
        "hashtags": ["DROP"],
        "hours": {"begin": "00:00", "end": "24:00"},
        "postsPerDay": 2,
        "fields": ["id"],
    }
    agent.given({**PUBLISH, "conditions": conditions})
    assert isinstance(agent.asks("posting.video_init", VIDEO), Allow)
    assert isinstance(agent.asks("posting.inbox_video_init", DRAFT), Allow)
    assert isinstance(agent.asks("posting.status", {"publish_id": "v_pub_1"}), Allow)
    assert "used up" in reason(agent.asks("posting.inbox_video_init", DRAFT))


@sqlite_only
def test_fields_that_a_call_leaves_out_are_those_that_it_would_get(agent: AgentFixture) -> None:
    agent.given(
        {"resource": "videos", "level": "read", "conditions": {"fields": ["id", "title"]}},
    )
    assert isinstance(agent.asks("display.video_list", {"fields": ["id"]}), Allow)
    assert "may read" in reason(agent.asks("display.video_list"))


@sqlite_only
def test_photos_left_as_a_draft_are_a_draft(agent: AgentFixture) -> None:
    agent.given(preset="drafter")
    photos = {
        "source_info": {"photo_images": ["https://m.example.com/1.jpg"], "photo_cover_index": 0},
        "post_info": {"title": "Three of us", "privacy_level": "PUBLIC_TO_EVERYONE"},
    }
    left = agent.asks("posting.content_init", {**photos, "post_mode": "MEDIA_UPLOAD"})
    assert isinstance(left, Allow)
    assert "leave 'Three of us' as a draft" in left.sentence
    direct = agent.asks("posting.content_init", {**photos, "post_mode": "DIRECT_POST"})
    assert "only leave drafts" in reason(direct)


def test_a_day_s_posts_are_counted_once_whoever_asks_at_once(
    agent: AgentFixture, local: Local
) -> None:
    agent.given({**PUBLISH, "conditions": {"postsPerDay": 3}})
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: agent.asks("posting.video_init", VIDEO), range(12)))
    assert sum(isinstance(one, Allow) for one in found) == 3
    assert len(agent.rows()) == 12
    pass_time(agent.service, local, 86_400)
    assert isinstance(agent.asks("posting.video_init", VIDEO), Allow)


@sqlite_only
def test_an_agent_s_calls_per_minute(agent: AgentFixture, local: Local) -> None:
    agent.given(preset="reader")
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"callsPerMinute": 2})
    found = [agent.asks("display.video_list") for _ in range(3)]
    assert [type(one) for one in found] == [Allow, Allow, Deny]
    assert found[2].rule == Guard.TOO_MANY_CALLS
    pass_time(agent.service, local, 61)
    assert isinstance(agent.asks("display.video_list"), Allow)


@sqlite_only
def test_a_grant_that_asks_first(agent: AgentFixture) -> None:
    agent.given({**PUBLISH, "askFirst": True, "conditions": {"postsPerDay": 1}})
    asked = agent.asks("posting.video_init", VIDEO)
    assert isinstance(asked, Ask)
    assert agent.rows()[0]["decision"] == "pending"
    with pytest.raises(AttributeError):
        agent.agents.gate.settle(None, CallOutcome.DONE)  # type: ignore[arg-type]
    approved = agent.asks("posting.video_init", VIDEO, approved=True)
    assert isinstance(approved, Allow)
    assert agent.rows()[0]["sentence"].endswith("#Drop' to @maracooks. Allowed.")
    again = agent.asks("posting.video_init", VIDEO, approved=True)
    assert "used up" in reason(again)


@sqlite_only
def test_revoking_acts_on_the_next_call(agent: AgentFixture) -> None:
    agent.given(preset="publisher")
    assert isinstance(agent.asks("posting.video_init", VIDEO), Allow)
    agent.given(preset="reader")
    assert isinstance(agent.asks("posting.video_init", VIDEO), Deny)
    agent.given()
    assert isinstance(agent.asks("display.video_list"), Deny)


@sqlite_only
def test_an_expired_grant_is_none(agent: AgentFixture, local: Local) -> None:
    agent.given({"resource": "videos", "level": "read", "expiresAt": "2999-01-01T00:00:00Z"})
    assert isinstance(agent.asks("display.video_list"), Allow)
    agent.given({"resource": "videos", "level": "read", "expiresAt": "2001-01-01T00:00:00Z"})
    assert "expired" in reason(agent.asks("display.video_list"))


@sqlite_only
def test_a_stopped_agent_does_nothing(agent: AgentFixture) -> None:
    agent.given(preset="reader")
    agent.service.api("POST", f"/api/agents/{agent.id}/stop")
    assert agent.asks("display.video_list").rule == Guard.STOPPED
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"stopped": False})
    assert isinstance(agent.asks("display.video_list"), Allow)
    assert agent.service.api("POST", "/api/agents/stop") == {"stopped": 1}
    assert agent.asks("display.video_list").rule == Guard.STOPPED


def test_keys_end_and_overlap(agent: AgentFixture, local: Local) -> None:
    agent.given(preset="reader")
    old = agent.caller
    rotated = agent.service.api("POST", f"/api/agents/{agent.id}/keys", {"overlapHours": 1})
    new = agent.agents.identity.caller(rotated["key"])
    for caller in (old, new):
        decide = agent.agents.gate.decide(caller, "display.video_list", agent.account, {})
        assert isinstance(decide, Allow)
    pass_time(agent.service, local, 3601)
    late = agent.agents.gate.decide(old, "display.video_list", agent.account, {})
    assert late.rule == Guard.KEY_OVER
    assert agent.rows()[0]["rule"] == Guard.KEY_OVER
    still = agent.agents.gate.decide(new, "display.video_list", agent.account, {})
    assert isinstance(still, Allow)


@sqlite_only
def test_whoever_has_no_key_is_nobody(agent: AgentFixture) -> None:
    assert agent.agents.identity.caller("sda_" + "A" * 43) is None
    assert agent.agents.identity.caller("") is None
    denied = agent.agents.gate.decide(None, "display.video_list", agent.account, {})
    assert denied.rule == Guard.UNKNOWN_AGENT
    caller = agent.caller
    agent.service.api("DELETE", f"/api/agents/{agent.id}")
    gone = agent.agents.gate.decide(caller, "display.video_list", agent.account, {})
    assert gone.rule == Guard.UNKNOWN_AGENT
    assert agent.rows()[0]["agent"] == agent.id


@sqlite_only
def test_what_is_not_there_to_be_given(agent: AgentFixture) -> None:
    agent.given(
        {"cedar": "permit(principal, action, resource);"},
        cedar="permit(principal, action, resource);",
    )
    foreign = connect(agent.service, org="other")["integrationId"]
    for operation, account, rule in [
        ("display.video_list", foreign, Guard.NO_ACCOUNT),
        ("display.video_list", "0" * 32, Guard.NO_ACCOUNT),
        ("display.video_list", None, Guard.NO_ACCOUNT),
        ("oauth.token_refresh", agent.account, Guard.UNKNOWN_OPERATION),
        ("oauth.revoke", agent.account, Guard.UNKNOWN_OPERATION),
        ("media.upload_chunk", agent.account, Guard.UNKNOWN_OPERATION),
        ("no.such_thing", agent.account, Guard.UNKNOWN_OPERATION),
    ]:
        assert agent.asks(operation, account=account).rule == rule, operation
    assert foreign not in str(agent.rows())
    bad = agent.asks("display.video_list", {"fields": ["id"], "no_such": 1})
    assert bad.rule == Guard.BAD_ARGUMENTS
    assert "no_such" in reason(bad)
    assert isinstance(agent.asks("display.video_list"), Allow)


@sqlite_only
def test_a_call_that_needs_no_account_is_given_by_its_resource(agent: AgentFixture) -> None:
    agent.given({"resource": "commercial", "level": "read"})
    arguments = {"search_term": "shoes"}
    found = agent.agents.gate.explain("acme", agent.id, "embed.oembed_video", None, arguments)
    assert isinstance(found, Deny)
    agent.given({"resource": "videos", "level": "read"})
    arguments = {"url": "https://www.tiktok.com/@maracooks/video/1"}
    assert isinstance(agent.asks("embed.oembed_video", arguments, account=None), Allow)


@sqlite_only
def test_a_name_can_not_write_the_sentence(service: Service, agent: AgentFixture) -> None:
    title = "x' to @demo. Allowed.\n\nReal Agent asked for nothing" + "y" * 200
    post = {**VIDEO, "post_info": {"title": title, "privacy_level": "SELF_ONLY"}}
    denied = agent.asks("posting.video_init", post)
    assert "\n" not in denied.sentence
    assert denied.sentence.endswith("Denied: Post to profile is off for this agent.")
    assert len(denied.sentence) < 250


@sqlite_only
def test_explaining_is_not_asking(agent: AgentFixture) -> None:
    agent.given({**PUBLISH, "conditions": {"postsPerDay": 1}})
    body = {
        "operation": "posting.video_init",
        "integrationId": agent.account,
        "arguments": VIDEO,
    }
    path = f"/api/agents/{agent.id}/explain"
    for _ in range(2):
        told = agent.service.api("POST", path, body)
        assert (told["decision"], told["rule"]) == ("allowed", "posting.full")
    assert agent.rows() == []
    agent.asks("posting.video_init", VIDEO)
    told = agent.service.api("POST", path, body)
    assert told["decision"] == "denied"
    assert "used up" in told["reason"]


@sqlite_only
def test_agents_of_two_organisations_know_nothing_of_each_other(agent: AgentFixture) -> None:
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/api/agents/{agent.id}", None),
        ("PATCH", f"/api/agents/{agent.id}", {"stopped": True}),
        ("DELETE", f"/api/agents/{agent.id}", {}),
        ("POST", f"/api/agents/{agent.id}/keys", {}),
        ("POST", f"/api/agents/{agent.id}/stop", {}),
        ("GET", f"/api/agents/{agent.id}/grants", None),
    ]
    for method, path, body in asked:
        answer = agent.service.send(method, path, body, org="other")
        assert answer.status_code == 404, path
    assert agent.service.api("GET", "/api/agents", org="other")["agents"] == []
    assert agent.service.api("POST", "/api/agents/stop", org="other") == {"stopped": 0}
    assert agent.service.api("GET", f"/api/agents/{agent.id}")["stopped"] is None


@sqlite_only
def test_a_second_agent_has_its_own(agent: AgentFixture) -> None:
    other = make(agent.service, agent.agents, "Quiet Agent")
    agent.given(preset="publisher")
    assert isinstance(other.asks("posting.video_init", VIDEO), Deny)
    assert isinstance(agent.asks("posting.video_init", VIDEO), Allow)


@every("name", [" ", "\u3000\u00a0", "\u200b", "\u2800\u3164", "a\nb", ""])
def test_an_agents_name_can_be_seen(agent: AgentFixture, name: str) -> None:
    for method, path in (("POST", "/api/agents"), ("PATCH", f"/api/agents/{agent.id}")):
        answer = agent.service.send(method, path, {"name": name})
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["detail"]["problems"][0]["path"] == "name"
    # the control: emoji with joiners and letters of any script
    shown = {"name": "Équipe 👩‍💻 ソーシャル"}
    assert agent.service.api("PATCH", f"/api/agents/{agent.id}", shown)["name"] == shown["name"]


@sqlite_only
def test_a_request_of_another_operation_is_refused(agent: AgentFixture) -> None:
    agent.given({"resource": "videos", "level": "full"})
    query = display.UserInfoQuery()
    found = agent.agents.gate.decide(agent.caller, "display.video_list", agent.account, query)
    assert isinstance(found, Deny)
    assert found.rule == Guard.BAD_ARGUMENTS
    assert "of another operation" in reason(found)


@sqlite_only
def test_where_a_call_can_not_be_decided_again_it_goes_on_to_its_last_decision(
    agent: AgentFixture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    agent.given(PUBLISH)
    gate, caller = agent.agents.gate, agent.caller
    call = DecisionRequest(caller, "posting.video_init", agent.account, VIDEO)
    assert gate.denial_now(call, None) is None
    with monkeypatch.context() as patch:
        patch.setattr(gate, "_log", None)
        assert gate.denial_now(call, None) is None
    assert "a call can't be decided again" in caplog.text
    agent.given()
    denied = gate.denial_now(call, None)
    assert denied is not None
    assert denied.rule == Guard.NO_GRANT


@sqlite_only
def test_only_a_decision_that_is_on_record_has_an_outcome(agent: AgentFixture) -> None:
    with pytest.raises(ValueError, match="isn't on record"):
        agent.agents.gate.settle(Allow("a rule", "A sentence."), CallOutcome.DONE)
    assert agent.rows() == []
