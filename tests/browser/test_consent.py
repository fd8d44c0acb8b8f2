"""The consent page in a real browser without JavaScript: choose, untick, allow, deny."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import Page, expect

from stagedoor import TikTok
from stagedoor.client.errors import AccessDenied
from stagedoor.testing import TikTokEmulator
from tests.support.site import Site

SCOPES = ("user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish")


def test_as_it_comes_it_allows_everything_for_the_first_creator(
    plain: Page, tiktok: TikTok, app: Site
) -> None:
    login = tiktok.begin_login(f"{app.url}/callback/", SCOPES)
    plain.goto(login.url)
    expect(plain.get_by_role("heading")).to_contain_text("Ready App would like to connect")
    plain.get_by_role("button", name="Allow").click()
    expect(plain.get_by_text("Back at the app")).to_be_visible()
    connection = tiktok.oauth.finish_login(login, plain.url)
    assert connection.granted == SCOPES
    assert tiktok.user.info(fields=("username",)).user.username == "maracooks"


def test_another_creator_with_a_scope_unticked(plain: Page, tiktok: TikTok, app: Site) -> None:
    login = tiktok.begin_login(f"{app.url}/callback/", SCOPES)
    plain.goto(login.url)
    plain.get_by_label("Continue as").select_option("jonas.behind.doors")
    plain.get_by_label("Read your public videos on TikTok").uncheck()
    plain.get_by_role("button", name="Allow").click()
    expect(plain.get_by_text("Back at the app")).to_be_visible()
    connection = tiktok.oauth.finish_login(login, plain.url)
    assert connection.missing == ("video.list",)
    assert "video.list" not in connection.tokens.scopes
    assert tiktok.user.info(fields=("username",)).user.username == "jonas.behind.doors"


def test_what_every_app_gets_cannot_be_unticked(plain: Page, tiktok: TikTok, app: Site) -> None:
    plain.goto(tiktok.begin_login(f"{app.url}/callback/", SCOPES).url)
    basic = plain.get_by_label("Read your profile info (avatar, display name)")
    expect(basic).to_be_checked()
    expect(basic).to_be_disabled()
    assert plain.get_by_role("checkbox").count() == len(SCOPES)


def test_a_no_comes_back_as_access_denied(plain: Page, tiktok: TikTok, app: Site) -> None:
    login = tiktok.begin_login(f"{app.url}/callback/", SCOPES)
    plain.goto(login.url)
    plain.get_by_role("button", name="Deny").click()
    expect(plain.get_by_text("Back at the app")).to_be_visible()
    with pytest.raises(AccessDenied):
        tiktok.oauth.finish_login(login, plain.url)


def test_the_keyboard_alone_is_enough(plain: Page, tiktok: TikTok, app: Site) -> None:
    login = tiktok.begin_login(f"{app.url}/callback/", ("user.info.basic", "video.list"))
    plain.goto(login.url)
    plain.keyboard.press("Tab")
    expect(plain.get_by_label("Continue as")).to_be_focused()
    plain.keyboard.press("Tab")
    expect(plain.get_by_label("Read your public videos on TikTok")).to_be_focused()
    plain.keyboard.press("Space")
    plain.keyboard.press("Tab")
    expect(plain.get_by_role("button", name="Allow")).to_be_focused()
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("Back at the app")).to_be_visible()
    assert tiktok.oauth.finish_login(login, plain.url).missing == ("video.list",)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"redirect_uri": "https://elsewhere.example.com/"}, "redirect_uri"),
        ({"client_key": "nobody"}, "client_key"),
        ({"scope": "user.info.basic,research.data.basic"}, "scope"),
    ],
)
def test_a_wrong_link_ends_on_a_page_that_names_what_is_wrong(
    plain: Page, tiktok_emulator_server: TikTokEmulator, changed: dict[str, str], named: str
) -> None:
    made = httpx2.post(
        f"{tiktok_emulator_server.url}/_emulator/apps",
        json={
            "name": "Strict App",
            "client_key": "strict",
            "state": "Live",
            "scopes": ["user.info.basic"],
            "redirect_uris": {"web": ["https://app.example.com/cb/"]},
        },
        trust_env=False,
    )
    assert made.is_success, made.text
    query = {
        "client_key": "strict",
        "response_type": "code",
        "scope": "user.info.basic",
        "redirect_uri": "https://app.example.com/cb/",
        "state": "s",
    }
    link = httpx2.URL(f"{tiktok_emulator_server.url}/v2/auth/authorize/", params=query | changed)
    plain.goto(str(link))
    expect(plain.get_by_role("heading")).to_have_text("Something went wrong")
    expect(plain.get_by_role("listitem")).to_have_text(named)
    assert plain.url.startswith(tiktok_emulator_server.url), "the browser is not sent to the app"
