"""Clients that were made for TikTok and know nothing of Stagedoor, with an agent's key."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from stagedoor import AsyncTikTok, Hosts, TikTok, errors
from stagedoor.agents.container import Agents
from stagedoor.connector.container import Container
from stagedoor.platform.products.research.query import Where
from tests.agents.conftest import AgentFixture, make, working
from tests.connector.conftest import Service
from tests.support import media, published
from tests.support.local import QUICK, Local
from tests.support.proxying import EVERYTHING, PREFIX

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def service(services: Container, service_socket: socket.socket, local: Local) -> Iterator[Service]:
    """With a worker: posts come to their end."""
    yield from working(services, service_socket, local)


@pytest.fixture
def agent(service: Service, agents: Agents) -> AgentFixture:
    agent = make(service, agents, callsPerMinute=1_000)
    agent.given(*EVERYTHING)
    return agent


@pytest.fixture
def base(agent: AgentFixture) -> str:
    return f"{agent.service.url}{PREFIX}/@maracooks"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(media.video())
    return path


@pytest.fixture
def tiktok(agent: AgentFixture, base: str) -> Iterator[TikTok]:
    with TikTok(access_token=agent.key, hosts=Hosts.at(base), retry=QUICK) as tiktok:
        yield tiktok


def outcome(agent: AgentFixture) -> str:
    """Of the one post that was asked for; it is written soon after the post's end."""

    def written() -> str | None:
        [row] = agent.rows(operation="posting.video_init")
        found: str | None = row["outcome"]
        return found

    return str(agent.service.until(written))


@sqlite_only
def test_our_own_client_reads_publishes_and_waits(
    tiktok: TikTok, agent: AgentFixture, local: Local, clip: Path
) -> None:
    user = tiktok.user.info(fields=("open_id", "display_name")).user
    assert user.display_name == "Mara Cooks"
    assert len(list(tiktok.videos.all(fields=("id",)))) == 24
    post = tiktok.posts.publish_video(clip, privacy_level="SELF_ONLY", title="Through the proxy")
    assert post.status == "PUBLISH_COMPLETE"
    [made] = local.publishes()
    assert (made["status"], made["creator"]) == ("PUBLISH_COMPLETE", "maracooks")
    assert made["bytes_received"] == clip.stat().st_size
    assert outcome(agent) == "done"
    # too late, as the service knows; said as TikTok says it
    with pytest.raises(errors.WrongState) as caught:
        tiktok.posts.cancel(publish_id=post.publish_id)
    assert (caught.value.code, caught.value.http_status) == ("publish_not_cancellable", 400)


@sqlite_only
def test_our_own_client_asks_as_a_researcher_without_the_app_s_secret(tiktok: TikTok) -> None:
    today = datetime.now(UTC).date()
    found = tiktok.research.all_videos(
        query=Where.username.eq("maracooks"),
        start_date=today - timedelta(days=29),
        end_date=today,
        fields=("id", "username"),
    )
    assert {video.username for video in found} == {"maracooks"}
    assert tiktok.research.user(username="maracooks").display_name == "Mara Cooks"


@sqlite_only
def test_our_own_client_tells_a_denial_as_an_error_of_tiktok_s(
    agent: AgentFixture, tiktok: TikTok
) -> None:
    agent.given()
    with pytest.raises(errors.TikTokError, match="is off for this agent") as caught:
        tiktok.user.info()
    assert (caught.value.code, caught.value.http_status) == ("denied_by_policy", 403)


@sqlite_only
def test_our_own_async_client_publishes_as_well(
    agent: AgentFixture, base: str, local: Local, clip: Path
) -> None:
    async def main() -> None:
        client = AsyncTikTok(access_token=agent.key, hosts=Hosts.at(base), retry=QUICK)
        async with client as tiktok:
            assert (await tiktok.posts.creator_info()).creator_username == "maracooks"
            post = await tiktok.posts.publish_video(clip, privacy_level="SELF_ONLY", title="Twice")
            assert post.status == "PUBLISH_COMPLETE"

    anyio.run(main)
    assert [one["status"] for one in local.publishes()] == ["PUBLISH_COMPLETE"]


def test_a_published_client_posts_a_film(
    agent: AgentFixture, base: str, local: Local, clip: Path
) -> None:
    said, _ = published.run(published.PUBLISHING, base, agent.key, clip)
    assert (said["creator"], said["status"]) == ("maracooks", "PUBLISH_COMPLETE")
    [made] = local.publishes()
    assert (made["status"], made["bytes_received"]) == ("PUBLISH_COMPLETE", clip.stat().st_size)
    assert outcome(agent) == "done"


@sqlite_only
def test_tiktok_s_own_research_client_finds_videos(
    agent: AgentFixture, base: str, local: Local
) -> None:
    end = datetime.fromtimestamp(local.now(), UTC).date()
    days = [f"{day:%Y%m%d}" for day in (end - timedelta(days=29), end)]
    said, _ = published.run(published.RESEARCH, base, agent.key, *days)
    assert said["person"]["display_name"] == "Mara Cooks"
    assert {video["username"] for video in said["videos"]} == {"maracooks"}
    assert len(said["videos"]) > 5
    pages = [row for row in agent.rows() if row["operation"] == "research.video_query"]
    assert len(pages) == len(local.calls("research.video_query")) > 1


@sqlite_only
def test_a_published_client_shows_why_it_was_denied(
    agent: AgentFixture, base: str, local: Local
) -> None:
    agent.given({"resource": "profile", "level": "read"})
    said, told = published.run(published.RESEARCH, base, agent.key, "20260101", "20260102")
    assert said["person"] is None
    assert "denied_by_policy" in told
    assert "is off for this agent" in told
    assert agent.key not in told
    assert local.calls("research.user_info") == []
