"""The control object of the pytest plugin, in process and on a port: the same for both."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest

from stagedoor import (
    NO_RETRY,
    AsyncTikTok,
    Hosts,
    PrivacyLevel,
    Scope,
    TikTok,
    TikTokBusiness,
    Url,
    verify_webhook,
)
from stagedoor.errors import AccessDenied, ServerError, TokenInvalid, TransportError
from stagedoor.platform import signature
from stagedoor.testing import ControlRefused, TikTokEmulator, in_process
from tests.support import media
from tests.support.site import running_site

Client = Callable[..., TikTok]


@pytest.fixture(params=["tiktok_emulator", "tiktok_emulator_server"])
def emulator(request: pytest.FixtureRequest) -> TikTokEmulator:
    found: TikTokEmulator = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def client(emulator: TikTokEmulator) -> Iterator[Client]:
    """Makes clients of the emulator, which are closed after the test."""
    with ExitStack() as stack:

        def made(*app: str, **values: Any) -> TikTok:
            hosts = Hosts.at(emulator.url)
            tiktok = TikTok(*app, hosts=hosts, transport=emulator.transport, **values)
            return stack.enter_context(tiktok)

        yield made


APP = ("emulator-client-key", "emulator-client-secret")
REDIRECT = "http://127.0.0.1:3000/callback"


def test_a_creator_with_videos_and_tokens(emulator: TikTokEmulator, client: Client) -> None:
    amy = emulator.creators.add("amy.bakes", "Amy", videos=25, followers=9)
    tokens = emulator.tokens.issue("amy.bakes", [Scope.USER_INFO_BASIC, Scope.VIDEO_LIST])
    tiktok = client(tokens=tokens)
    assert tiktok.user.info(fields=("display_name",)).user.display_name == "Amy"
    assert len(list(tiktok.videos.all())) == 25
    assert emulator.creators.get("amy.bakes") == amy
    assert amy in emulator.creators.all()
    assert tokens.scopes == ("user.info.basic", "video.list")
    assert [seen.operation for seen in emulator.requests][-3:] == [
        "display.user_info",
        "display.video_list",
        "display.video_list",
    ]
    assert amy.display_name == "Amy"


def test_a_person_allows_unticks_or_denies(emulator: TikTokEmulator, client: Client) -> None:
    emulator.creators.add("amy.bakes", "Amy")
    app = client(*APP)
    login = app.oauth.begin_login(REDIRECT, [Scope.USER_INFO_BASIC, Scope.VIDEO_LIST])
    back = emulator.consent(login.url, creator="amy.bakes", untick=["video.list"])
    assert back.startswith(REDIRECT)
    connection = app.oauth.finish_login(login, back)
    assert connection.missing == ("video.list",)
    login = app.oauth.begin_login(REDIRECT, [Scope.USER_INFO_BASIC])
    with pytest.raises(AccessDenied):
        app.oauth.finish_login(login, emulator.consent(login.url, deny=True))
    with pytest.raises(ControlRefused, match=r"'video\.upload' can't be unticked here"):
        emulator.consent(login.url, untick=["video.upload"])
    with pytest.raises(ControlRefused, match="has no form"):
        emulator.consent(login.url.replace("client_key=emulator", "client_key=nobody"))


def test_a_business_account_and_ad_accounts(emulator: TikTokEmulator) -> None:
    app = TikTokBusiness(
        "7000000000000000001",
        "emulator-business-secret",
        hosts=Hosts.at(emulator.url),
        transport=emulator.transport,
    )
    with app:
        login = app.oauth.begin_advertiser_login(REDIRECT)
        back = emulator.consent(login.url, untick=["7100000000000000002"])
        connection = app.oauth.finish_advertiser_login(login, back)
        assert connection.advertiser_ids == ("7100000000000000001",)
        ads = app.for_account(emulator.tokens.issue_for_ads(["7100000000000000002"]))
        (listed,) = ads.advertisers.list().list
        assert listed.advertiser_id == "7100000000000000002"


def test_time_passes_when_a_test_says_so(emulator: TikTokEmulator, client: Client) -> None:
    tokens = emulator.tokens.issue()
    before = emulator.clock.now()
    assert before == pytest.approx(time.time(), abs=30)
    assert emulator.clock.advance(days=1, hours=1, seconds=1) >= before + 90_001
    with pytest.raises(TokenInvalid):
        client(access_token=tokens.access_token).user.info()
    emulator.clock.freeze()
    assert emulator.clock.now() == emulator.clock.now()
    emulator.clock.thaw()


def test_faults_are_met_and_cleared(emulator: TikTokEmulator, client: Client) -> None:
    tiktok = client(tokens=emulator.tokens.issue(), retry=NO_RETRY)
    emulator.faults.add("display.user_info", "lost", skip=1)
    tiktok.user.info()
    with pytest.raises(TransportError):
        tiktok.user.info()
    tiktok.user.info()
    kept = emulator.faults.add("*", "status", status=503, times=None)
    with pytest.raises(ServerError):
        tiktok.user.info()
    emulator.faults.remove(kept)
    tiktok.user.info()
    emulator.faults.add("*", "gateway", times=None)
    emulator.faults.clear()
    tiktok.user.info()
    with pytest.raises(ControlRefused, match=r"^kind: should be 'status'"):
        emulator.faults.add("display.user_info", "explode")
    with pytest.raises(ControlRefused, match=r"is no operation: 'display.nothing'"):
        emulator.faults.add("display.nothing", "lost")


def test_scopes_are_a_list_or_a_text_with_commas(emulator: TikTokEmulator) -> None:
    assert emulator.tokens.issue("maracooks", "video.list,video.upload").scopes == (
        "video.list",
        "video.upload",
    )
    assert emulator.tokens.issue("maracooks", []).scopes == ()


def test_media_are_pulled_from_a_folder_and_webhooks_come(
    emulator: TikTokEmulator, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "dish.mp4").write_bytes(media.video())
    host = emulator.media.serve("media.example.com", tmp_path)
    assert host == "https://media.example.com"
    tiktok = client(*APP, tokens=emulator.tokens.issue())
    with running_site() as receiver:
        emulator.webhooks.to(f"{receiver.url}/hook")
        post = tiktok.posts.publish_video(
            Url(f"{host}/dish.mp4"), title="A dish", privacy_level=PrivacyLevel.SELF_ONLY
        )
        emulator.clock.advance(seconds=60)
    sent = [one for one in emulator.deliveries if one.event == "post.publish.complete"]
    assert [one.publish_id for one in sent] == [post.publish_id]
    assert sent[0].attempts[0].status == 200
    got = next(one for one in receiver.got if b"post.publish.complete" in one.body)
    header = got.headers[signature.HEADER.lower()]
    event = verify_webhook(got.body, header, [APP[1]], now=emulator.clock.now())
    assert event.name == "post.publish.complete"
    with pytest.raises(ControlRefused, match="is no folder"):
        emulator.media.serve("media.example.com", tmp_path / "nothing")
    with pytest.raises(ControlRefused, match="should be a host's name alone"):
        emulator.media.serve("https://media.example.com", tmp_path)


def test_a_video_is_uploaded_in_process_and_read_by_an_async_client(
    emulator: TikTokEmulator, client: Client
) -> None:
    tokens = emulator.tokens.issue("maracooks")
    client(tokens=tokens).posts.publish_video(
        io.BytesIO(media.video()), title="A dish", privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE
    )
    emulator.clock.advance(seconds=60)

    async def newest() -> str | None:
        transport = emulator.async_transport
        async with AsyncTikTok(
            tokens=tokens, hosts=Hosts.at(emulator.url), transport=transport
        ) as tiktok:
            return (await tiktok.videos.list(max_count=1)).videos[0].title

    for backend in ("asyncio", "trio"):
        assert anyio.run(newest, backend=backend) == "A dish"


def test_worlds_are_apart_and_a_reset_is_whole(emulator: TikTokEmulator) -> None:
    with in_process() as other, in_process(seed=2) as third:
        other.creators.add("amy.bakes")
        emulator.creators.add("ben.builds")
        assert {one.username for one in other.creators.all()} & {"ben.builds"} == set()
        with pytest.raises(ControlRefused, match=r"no creator 'amy\.bakes'"):
            third.creators.get("amy.bakes")
        for videos in (-1, 100_001):
            with pytest.raises(ControlRefused, match="videos: should be 0 to 100,000"):
                third.creators.add("amy.bakes", videos=videos)
        assert "amy.bakes" not in {one.username for one in third.creators.all()}
    emulator.settings(rate_limits=False)
    emulator.reset()
    with pytest.raises(ControlRefused, match=r"no creator 'ben\.builds'"):
        emulator.creators.get("ben.builds")
    assert emulator.requests == []
    assert emulator.world.settings.rate_limits


@pytest.mark.parametrize("username", ["a", "a b", "maracooks", "x" * 25])
def test_a_wrong_creator_is_refused(emulator: TikTokEmulator, username: str) -> None:
    with pytest.raises(ControlRefused):
        emulator.creators.add(username)
