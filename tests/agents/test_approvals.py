"""Calls that wait for a person: exactly the approved call is executed, byte for byte, and once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from stagedoor.agents.approvals.errors import (
    ApprovalExpired,
    ApprovalNeeded,
    ApprovalRefused,
    NoApproval,
    NotAskable,
    TooManyApprovals,
)
from stagedoor.agents.calls.errors import Denied
from stagedoor.agents.calls.request import CallAnswer
from stagedoor.connector.errors import ApiError
from tests.agents.approval_steps import ASKED, asks, ended, get, says, sha256
from tests.agents.call_requests import call_request, film, photos
from tests.agents.conftest import AgentFixture, make
from tests.agents.job_pump import PULLED, Pump
from tests.support import media
from tests.support.local import Local
from tests.support.recorded_events import RecordedEvents
from tests.support.site import Site
from tests.support.stored_files import files_in, media_in

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


@pytest.fixture
def agent(agent: AgentFixture) -> AgentFixture:
    """It has to ask before it posts, and before it reads the profile."""
    agent.given(ASKED, {"resource": "profile", "level": "read", "askFirst": True})
    return agent


def test_a_video_is_shown_approved_and_posted_as_it_was_shown(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    site.pages["/film.mp4"] = data = media.video()
    call = film(agent, f"{site.url}/film.mp4?token=hush", title="Drop\n#one")
    approval = asks(agent, call)
    assert local.publishes() == []
    shown = get(agent, approval)
    assert (shown["state"], shown["publishId"]) == ("pending", None)
    preview = shown["preview"]
    assert preview["title"] == "Post a video to @maracooks"
    assert {line["name"]: line["value"] for line in preview["lines"]} == {
        "Caption": "Drop\n#one",
        "Who can see it": "only the creator (SELF_ONLY)",
    }
    (file,) = preview["files"]
    assert file["sha256"] == sha256(data)
    assert (file["size"], file["width"], file["height"]) == (len(data), 360, 640)
    assert file["source"] == f"{site.url}/film.mp4"
    assert preview["arguments"]["post_info"]["title"] == "Drop\n#one"

    # what is behind the address changes: it doesn't matter any more
    site.pages["/film.mp4"] = media.video(seconds=4)
    said = says(agent, approval, "approve", note="fine")
    assert (said["verdict"], said["decidedBy"], said["note"]) == ("approved", "u1", "fine")
    pump.run()
    assert get(agent, approval)["state"] == "done"
    done = agent.agents.calls.make(agent.caller, call)
    assert done == CallAnswer({"publish_id": approval}, None, approval)
    pump.until(lambda: ended(agent))
    (made,) = local.publishes()
    assert made["digest"] == sha256(data)
    assert len(site.got) == 1
    post = agent.service.api("GET", f"/api/posts/{approval}")
    assert (post["state"], post["caption"]) == ("published", "Drop\n#one")


def test_photos_are_posted_as_they_were_shown(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    site.pages |= {"/1.jpg": media.photo(), "/2.jpg": media.photo(360, 640)}
    approval = asks(agent, photos(agent, f"{site.url}/1.jpg", f"{site.url}/2.jpg"))
    preview = get(agent, approval)["preview"]
    assert preview["title"] == "Post 2 photos to @maracooks"
    assert {"name": "Cover", "value": "photo 2"} in preview["lines"]
    says(agent, approval, "approve")
    pump.until(lambda: ended(agent))
    (made,) = local.publishes()
    assert made["digests"] == [file["sha256"] for file in preview["files"]]


def test_even_what_tiktok_would_fetch_is_fetched_here_first(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    site.pages["/film.mp4"] = data = media.video()
    approval = asks(agent, film(agent, f"{site.url}/film.mp4", fetch=False))
    site.pages["/film.mp4"] = media.video(seconds=4)
    says(agent, approval, "approve")
    pump.until(local.publishes)
    pump.until(lambda: ended(agent))
    assert local.publishes()[0]["digest"] == sha256(data)
    assert len(site.got) == 1


def test_an_upload_that_is_asked_about_is_posted_and_stays_as_it_is(
    agent: AgentFixture, pump: Pump, local: Local
) -> None:
    data = media.video()
    upload = agent.service.services.drafts.begin_upload("acme")
    assert agent.service.http.put(upload.url, content=data).status_code == 201
    call = film(agent, "https://nowhere.example.com/x.mp4", uploads=(upload.media_id,))
    approval = asks(agent, call)
    again = agent.service.http.put(upload.url, content=media.video(seconds=4))
    assert (again.status_code, again.json()["error"]["code"]) == (410, "upload_expired")
    says(agent, approval, "approve")
    pump.until(lambda: ended(agent))
    assert local.publishes()[0]["digest"] == sha256(data)


def test_a_file_that_is_still_to_come_is_asked_about_when_it_is_here(
    agent: AgentFixture, pump: Pump, local: Local
) -> None:
    data = media.video()
    size = len(data)
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size}
    arguments = {
        "post_info": {"title": "Later", "privacy_level": "SELF_ONLY"},
        "source_info": source | {"total_chunk_count": 1},
    }
    call = call_request(agent, "posting.video_init", arguments)
    with pytest.raises(ApprovalNeeded, match="send the file") as needed:
        agent.agents.calls.make(agent.caller, call)
    approval, url = needed.value.detail["approvalId"], needed.value.detail["uploadUrl"]
    assert get(agent, approval)["preview"] is None
    early = agent.service.send("POST", f"/api/approvals/{approval}", {"decision": "approve"})
    assert (early.status_code, early.json()["error"]["code"]) == (409, "approval_not_ready")
    path = url[url.index("/agents/upload/") :]
    assert agent.service.http.put(path, content=data).status_code == 201
    assert agent.service.http.put(path, content=data).status_code == 410
    shown = get(agent, approval)
    assert shown["state"] == "pending"
    assert shown["preview"]["files"][0]["sha256"] == sha256(data)
    assert "'Later'" in shown["preview"]["sentence"]
    says(agent, approval, "approve")
    pump.until(lambda: ended(agent))
    assert local.publishes()[0]["digest"] == sha256(data)


def test_one_call_waits_once_and_is_answered_once(
    agent: AgentFixture, pump: Pump, site: Site
) -> None:
    site.pages["/film.mp4"] = media.video()
    call = film(agent, f"{site.url}/film.mp4")
    first = asks(agent, call)
    assert asks(agent, call) == first
    assert len(site.got) == 1
    other = asks(agent, film(agent, f"{site.url}/film.mp4", title="Another"))
    assert other != first
    listed = agent.service.api("GET", "/api/approvals")["approvals"]
    assert [one["id"] for one in listed] == [other, first]
    says(agent, first, "approve")
    pump.run()
    assert agent.agents.calls.make(agent.caller, call).post == first
    third = asks(agent, call)
    assert third not in (first, other)
    assert agent.agents.approval_requests.answer(agent.caller, first).post == first


def test_the_same_call_made_at_once_waits_once(agent: AgentFixture, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    call = film(agent, f"{site.url}/film.mp4")

    def ask(_: int) -> str:
        with pytest.raises(ApprovalNeeded) as needed:
            agent.agents.calls.make(agent.caller, call)
        return str(needed.value.detail["approvalId"])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
    assert len(agent.service.api("GET", "/api/approvals")["approvals"]) == 1
    assert len(site.got) == 1


def test_a_read_is_answered_with_what_it_read(
    agent: AgentFixture, pump: Pump, local: Local
) -> None:
    call = call_request(agent, "display.user_info", {"fields": ["open_id", "username"]})
    approval = asks(agent, call)
    preview = get(agent, approval)["preview"]
    assert preview["title"] == "Read profile and stats (@maracooks)"
    assert preview["lines"] == [{"name": "fields", "value": "open_id,username"}]
    with pytest.raises(ApprovalNeeded):
        agent.agents.approval_requests.answer(agent.caller, approval)
    before = len(local.calls("display.user_info"))
    says(agent, approval, "approve")
    pump.run()
    for _ in range(2):
        done = agent.agents.approval_requests.answer(agent.caller, approval)
        assert done.data["user"]["username"] == "maracooks"
        assert done.log_id
    assert len(local.calls("display.user_info")) == before + 1
    assert asks(agent, call) != approval
    # what was read isn't given out to who may not read it any more
    agent.given(ASKED)
    with pytest.raises(Denied):
        agent.agents.approval_requests.answer(agent.caller, approval)


def test_refused_is_told_once_and_never_done(
    agent: AgentFixture, pump: Pump, local: Local, site: Site
) -> None:
    site.pages["/film.mp4"] = media.video()
    call = film(agent, f"{site.url}/film.mp4")
    told = RecordedEvents.of(agent.service, "approval.*")
    approval = asks(agent, call)
    says(agent, approval, "refuse", note="not today\x1b[2J")
    pump.run(60)
    with pytest.raises(ApprovalRefused, match=r"They say: not today⟨U\+001B⟩\[2J"):
        agent.agents.calls.make(agent.caller, call)
    assert [name for name, _ in told.events()] == ["approval.pending", "approval.refused"]
    assert asks(agent, call) != approval
    assert local.publishes() == []
    late = agent.service.send("POST", f"/api/approvals/{approval}", {"decision": "approve"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "decided_already")
    pump.run()
    assert local.publishes() == []


def test_nobody_decides_in_time(agent: AgentFixture, pump: Pump, local: Local, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    call = film(agent, f"{site.url}/film.mp4")
    approval = asks(agent, call)
    folder = agent.service.services.settings.data / "media"
    assert len(media_in(folder)) == 1
    pump.advance(24 * 3600)
    late = agent.service.send("POST", f"/api/approvals/{approval}", {"decision": "approve"})
    assert late.status_code == 409
    assert "was expired already" in late.json()["error"]["message"]
    with pytest.raises(ApprovalExpired):
        agent.agents.calls.make(agent.caller, call)
    pump.run()
    assert local.publishes() == []
    assert media_in(folder) == []
    (row,) = agent.rows(decision="pending")[-1:]
    assert (row["outcome"], row["decidedBy"]) == ("expired", None)
    pump.run(8 * 86_400)
    assert agent.service.send("GET", f"/api/approvals/{approval}").status_code == 404


def test_the_worker_ends_what_nobody_decided(agent: AgentFixture, pump: Pump, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    approval = asks(agent, film(agent, f"{site.url}/film.mp4"))
    pump.run(24 * 3600 + 1)
    assert get(agent, approval)["state"] == "expired"
    assert agent.service.api("GET", "/api/audit/verify")["intact"]


def test_an_answer_that_was_not_fetched_is_no_answer_to_a_later_call(
    agent: AgentFixture, pump: Pump, site: Site
) -> None:
    site.pages["/film.mp4"] = media.video()
    call = film(agent, f"{site.url}/film.mp4")
    approval = asks(agent, call)
    says(agent, approval, "approve")
    pump.run()
    pump.run(25 * 3600)
    assert asks(agent, call) != approval


@sqlite_only
def test_only_the_agent_that_asked_gets_an_answer(
    agent: AgentFixture, pump: Pump, site: Site
) -> None:
    site.pages["/film.mp4"] = media.video()
    approval = asks(agent, film(agent, f"{site.url}/film.mp4"))
    other = make(agent.service, agent.agents, "Other")
    with pytest.raises(NoApproval):
        agent.agents.approval_requests.answer(other.caller, approval)
    for path in (approval, "0" * 32, "x"):
        theirs = agent.service.send("GET", f"/api/approvals/{path}", org="other")
        assert theirs.status_code == 404
        said = {"decision": "approve"}
        theirs = agent.service.send("POST", f"/api/approvals/{path}", said, org="other")
        assert theirs.status_code == 404
    assert agent.service.api("GET", "/api/approvals", org="other")["approvals"] == []
    for role in ("viewer", "member"):
        for method, body in (("GET", None), ("POST", {"decision": "approve"})):
            answer = agent.service.send(method, f"/api/approvals/{approval}", body, role=role)
            assert answer.status_code == 403
    assert get(agent, approval)["state"] == "pending"


@sqlite_only
def test_it_is_listed_by_state_and_pages(agent: AgentFixture, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    made = [asks(agent, film(agent, f"{site.url}/film.mp4", title=str(n))) for n in range(3)]
    says(agent, made[0], "refuse")

    def ids(**query: Any) -> list[str]:
        listed = agent.service.api("GET", "/api/approvals", **query)
        return [one["id"] for one in listed["approvals"]]

    assert ids() == [made[2], made[1]]
    assert ids(state="refused") == [made[0]]
    assert ids(state="all") == made[::-1]
    first = agent.service.api("GET", "/api/approvals", limit=1)
    assert ids(limit=1, cursor=first["nextCursor"]) == [made[1]]
    assert agent.service.send("GET", "/api/approvals", state="nope").status_code == 400


@sqlite_only
def test_what_could_not_be_posted_is_asked_of_nobody(
    agent: AgentFixture, local: Local, site: Site
) -> None:
    site.pages |= {"/short.mp4": media.video(seconds=1), "/page": b"<html>" * 9}
    bad = {
        "/short.mp4": "The video .*1.0 s",
        "/page": "is no video",
        "/gone.mp4": "HTTP 404",
    }
    for path, words in bad.items():
        with pytest.raises(ApiError, match=words):
            agent.agents.calls.make(agent.caller, film(agent, f"{site.url}{path}"))
    with pytest.raises(ApiError, match="is no video"):
        agent.agents.calls.make(agent.caller, film(agent, site.url, uploads=("nope",)))
    assert agent.service.api("GET", "/api/approvals", state="all")["approvals"] == []
    rows = agent.rows()
    assert {(row["decision"], row["outcome"]) for row in rows} == {("pending", "failed")}
    folder = agent.service.services.settings.data / "media"
    assert files_in(folder) == []
    # it wasn't asked about, so the mended one is
    site.pages["/gone.mp4"] = media.video()
    asks(agent, film(agent, f"{site.url}/gone.mp4"))


@sqlite_only
def test_an_agent_can_not_bury_people_in_questions(
    agent: AgentFixture, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.agents.approvals.requests.MOST_WAITING", 2)
    site.pages["/film.mp4"] = media.video()
    made = [asks(agent, film(agent, f"{site.url}/film.mp4", title=str(n))) for n in range(2)]
    with pytest.raises(TooManyApprovals):
        agent.agents.calls.make(agent.caller, film(agent, f"{site.url}/film.mp4", title="3"))
    assert len(site.got) == 2
    says(agent, made[0], "refuse")
    asks(agent, film(agent, f"{site.url}/film.mp4", title="3"))


def test_admins_are_told_with_a_link(agent: AgentFixture, site: Site) -> None:
    site.pages["/film.mp4"] = media.video()
    approval = asks(agent, film(agent, f"{site.url}/film.mp4", title="Private words"))
    (notice,) = agent.service.api("GET", "/api/notices")["notices"]
    assert (notice["kind"], notice["subject"]) == ("approval.pending", approval)
    assert notice["link"] == get(agent, approval)["link"]
    assert notice["link"].startswith(f"{agent.service.url}/agents/approve/")
    assert "Private" not in str(notice)
    token = notice["link"].rpartition("/")[2]
    with agent.agents.services.database.read() as connection:
        for table in ("notices", "approvals", "capabilities", "audit_texts"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            assert token not in str(rows)


@sqlite_only
def test_a_download_can_not_wait_and_says_so(agent: AgentFixture, local: Local) -> None:
    agent.given({"resource": "portability", "level": "read", "askFirst": True})
    with pytest.raises(NotAskable, match="can't wait for an approval"):
        agent.agents.calls.make(
            agent.caller, call_request(agent, "portability.data_download", {"request_id": 1})
        )
    assert agent.rows()[0]["decision"] == "pending"
    assert agent.service.api("GET", "/api/approvals")["approvals"] == []
