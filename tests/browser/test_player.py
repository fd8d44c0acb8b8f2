"""The player in a page of somebody's own: steered by messages, and telling what it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from stagedoor import Hosts, embeds
from stagedoor.embeds import PlayerParams
from stagedoor.testing import TikTokEmulator
from tests.support.site import Site

from .conftest import SECONDS

# The listener stands before the frame: the rest of the page may come after the player's first
# messages.
_HOST = """<!doctype html><title>Somebody's page</title>
<link rel="icon" href="data:,">
<script>
  window.heard = [];
  addEventListener("message", (event) => { heard.push([event.data, event.origin]); });
  window.tell = (type, value) => document.querySelector("iframe").contentWindow.postMessage(
    {type, value, "x-tiktok-player": true}, "*");
</script>
%s
"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(SECONDS * 1_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


class Player:
    """A page with a player in it, and what it heard."""

    def __init__(self, page: Page, app: Site, server: TikTokEmulator) -> None:
        self.page, self.app, self.server = page, app, server

    def open(self, post_id: str, **params: bool) -> None:
        frame = embeds.player_frame(
            post_id, PlayerParams(**params), hosts=Hosts.at(self.server.url), width=400
        )
        self.app.pages["/host.html"] = (_HOST % frame).encode()
        self.page.goto(f"{self.app.url}/host.html")

    def tell(self, kind: str, value: Any = None) -> None:
        self.page.evaluate("([type, value]) => tell(type, value ?? undefined)", [kind, value])

    def wait_for(self, kind: str, value: Any = ...) -> Any:
        """The value of the next message of a kind (and value), which is taken off the list."""
        found = self.page.wait_for_function(
            """([type, any, value]) => {
                const at = heard.findIndex(([data]) => data.type === type
                    && (any || JSON.stringify(data.value) === JSON.stringify(value)));
                return at < 0 ? null : heard.splice(0, at + 1)[at];
            }""",
            arg=[kind, value is ..., None if value is ... else value],
        ).json_value()
        data, origin = found
        assert data["x-tiktok-player"] is True
        assert origin == self.server.url
        return data.get("value")

    def stop_time(self) -> None:
        """Have time in the pages pass only by `let_pass`, however busy the machine is."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(1_000)

    def let_pass(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    def states(self) -> list[int]:
        """The states that were told and not yet waited for."""
        told: list[int] = self.page.evaluate(
            "heard.filter(([data]) => data.type === 'onStateChange').map(([data]) => data.value)"
        )
        return told

    def heard(self) -> list[str]:
        kinds: list[str] = self.page.evaluate("heard.map(([data]) => data.type)")
        return kinds


@pytest.fixture
def player(page: Page, app: Site, tiktok_emulator_server: TikTokEmulator) -> Player:
    return Player(page, app, tiktok_emulator_server)


def some_video(server: TikTokEmulator) -> Any:
    first = next(iter(server.world.all.creators))
    return server.world.videos_of(first)[0]


def test_a_page_plays_pauses_seeks_and_mutes(player: Player) -> None:
    video = some_video(player.server)
    player.open(video.id)
    assert player.wait_for("onStateChange") == -1
    player.wait_for("onPlayerReady")
    player.tell("play")
    player.wait_for("onStateChange", 1)
    told = player.wait_for("onCurrentTime")
    assert told["duration"] == video.duration
    assert 0 <= told["currentTime"] <= video.duration
    player.tell("seekTo", 3)
    player.wait_for("onStateChange", 3)
    player.wait_for("onStateChange", 1)
    assert player.wait_for("onCurrentTime")["currentTime"] >= 3
    player.tell("pause")
    player.wait_for("onStateChange", 2)
    player.tell("mute")
    player.wait_for("onMute", True)
    player.wait_for("onVolumeChange", 0)
    player.tell("unMute")
    player.wait_for("onMute", False)
    player.wait_for("onVolumeChange", 100)


def test_a_video_ends_and_a_looping_one_does_not(player: Player) -> None:
    player.stop_time()
    video = some_video(player.server)
    player.open(video.id, autoplay=True)
    player.wait_for("onStateChange", 1)
    player.tell("seekTo", video.duration - 0.25)
    player.wait_for("onStateChange", 1)
    assert 0 not in player.states()
    player.let_pass(300)
    player.wait_for("onStateChange", 0)
    expect(player.page.frame_locator("iframe").get_by_role("list")).to_be_visible()

    player.open(video.id, autoplay=True, loop=True)
    player.wait_for("onStateChange", 1)
    player.tell("seekTo", video.duration - 0.25)
    player.wait_for("onStateChange", 1)
    assert player.wait_for("onCurrentTime")["currentTime"] > 1
    player.let_pass(500)
    player.page.wait_for_function(
        "heard.some(([data]) => data.type === 'onCurrentTime' && data.value.currentTime < 0.3)"
    )
    assert 0 not in player.states()
    assert "onPlayerError" not in player.heard()


@pytest.mark.parametrize("whose", ["nobody's", "private"])
def test_a_post_that_nobody_may_see_is_an_invalid_video(player: Player, whose: str) -> None:
    world = player.server.world
    hidden = next(v for v in world.all.videos.values() if not world.is_public(v))
    player.open("7000000000000000001" if whose == "nobody's" else hidden.id)
    error = player.wait_for("onPlayerError")
    assert error == {"errorCode": 1001, "errorType": "INVALID_VIDEO"}
    assert "onPlayerReady" not in player.heard()


@pytest.mark.parametrize(
    ("ordered", "code"),
    [("SERVER_ERROR", 2001), ("PLAYBACK_ERROR", 3001), ("AUTOPLAY_ERROR", 3002)],
)
def test_every_error_can_be_ordered(player: Player, ordered: str, code: int) -> None:
    httpx2.patch(f"{player.server.url}/_emulator/settings", json={"player_error": ordered})
    player.open(some_video(player.server).id, autoplay=True)
    assert player.wait_for("onPlayerError") == {"errorCode": code, "errorType": ordered}


def test_photos_are_gone_through(player: Player) -> None:
    video = some_video(player.server)
    video.photos = 4
    player.open(video.id)
    player.wait_for("onPlayerReady")
    player.tell("navigateTo", 2)
    player.wait_for("onImageChange", 2)
    player.tell("navigateTo", 9)
    player.tell("navigateTo", 0)
    player.wait_for("onImageChange", 0)


def test_messages_without_the_mark_and_wrong_values_do_nothing(player: Player) -> None:
    player.open(some_video(player.server).id)
    player.wait_for("onPlayerReady")
    player.page.evaluate(
        """() => {
            const frame = document.querySelector('iframe').contentWindow;
            for (const message of [{type: 'play'}, 'play', null, {'x-tiktok-player': 'true',
                type: 'play'}, {'x-tiktok-player': true, type: 'constructor'}])
                frame.postMessage(message, '*');
        }"""
    )
    player.tell("seekTo", "soon")
    player.tell("mute")
    player.wait_for("onMute", True)
    assert "onStateChange" not in player.heard()


def test_parameters_show_and_hide(player: Player) -> None:
    video = some_video(player.server)
    frame = player.page.frame_locator("iframe")
    player.open(video.id, description=True, muted=True)
    expect(frame.get_by_text(f"@maracooks: {video.title}")).to_be_visible()
    expect(frame.get_by_role("button", name="Unmute")).to_be_disabled()
    expect(frame.get_by_role("progressbar")).to_be_visible()
    player.open(video.id, progress_bar=False, volume_control=False, timestamp=False)
    expect(frame.get_by_role("button", name="Play")).to_be_visible()
    expect(frame.get_by_role("progressbar")).to_have_count(0)
    expect(frame.get_by_role("button", name="Mute")).to_have_count(0)
    player.open(video.id, controls=False)
    expect(frame.get_by_role("img")).to_be_visible()
    expect(frame.get_by_role("button")).to_have_count(0)


def test_a_viewer_plays_with_the_button(player: Player) -> None:
    player.open(some_video(player.server).id)
    player.page.frame_locator("iframe").get_by_role("button", name="Play").click()
    player.wait_for("onStateChange", 1)
    player.page.frame_locator("iframe").get_by_role("button", name="Pause").click()
    player.wait_for("onStateChange", 2)


def test_the_script_makes_frames_of_quotes(page: Page, app: Site, player: Player) -> None:
    video = some_video(player.server)
    hosts = Hosts.at(player.server.url)
    quotes = embeds.video_quote("maracooks", video.id, "<b>Hello</b>", with_script=False)
    quotes += embeds.profile_quote("maracooks", hosts=hosts)
    app.pages["/quotes.html"] = f"<!doctype html><title>Q</title>{quotes}".encode()
    page.goto(f"{app.url}/quotes.html")
    expect(page.locator("iframe")).to_have_count(2)
    shown = page.frame_locator("iframe").first.get_by_role("heading")
    expect(shown).to_contain_text(video.title)


def test_a_live_is_shown_on_approved_domains_only(page: Page, player: Player) -> None:
    url = player.server.url
    hosts = Hosts.at(url)
    httpx2.patch(f"{url}/_emulator/phone/maracooks/settings", json={"live": True})
    params = embeds.LiveParams(embed_domain="shop.example.com")
    page.goto(embeds.live_url("@maracooks", params, hosts=hosts))
    expect(page.get_by_role("heading")).to_have_text("This LIVE can't be shown here")
    httpx2.put(f"{url}/_emulator/live-domains", json={"domains": ["shop.example.com"]})
    page.goto(embeds.live_url("maracooks", params, hosts=hosts))
    expect(page.get_by_role("heading")).to_have_text("Mara Cooks is LIVE")


def test_a_creator_s_phone_scans_the_picture_s_page(plain: Page, player: Player) -> None:
    from stagedoor import TikTok

    with TikTok(
        "emulator-client-key", "emulator-client-secret", hosts=Hosts.at(player.server.url)
    ) as tiktok:
        login = tiktok.oauth.qr_begin(["user.info.basic", "video.list"])
        plain.goto(f"{player.server.url}/_emulator/qr/{login.token}?client_ticket={login.ticket}")
        picture = plain.get_by_role("img", name="QR code")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.naturalWidth") > 100
        plain.get_by_role("button", name="Scan it with a phone").click()
        plain.get_by_label("Read your public videos on TikTok").uncheck()
        plain.get_by_role("button", name="Allow").click()
        expect(plain.get_by_role("status")).to_contain_text("You are connected")
        assert tiktok.oauth.qr_wait(login).missing == ("video.list",)
