"""The service's own app of TikTok API for Business, in its settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagedoor.connector import settings as settings_module
from stagedoor.connector.app_kinds import AppKind
from stagedoor.connector.errors import SettingsError
from stagedoor.connector.serving import open_services
from stagedoor.connector.settings import EMULATOR_BUSINESS_APP
from stagedoor.connector.startup import _try_business_app
from tests.support.local import Local


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"STAGEDOOR_DATA": str(folder / "data"), "STAGEDOOR_HOME": str(folder / "home")} | more


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"TIKTOK_BUSINESS_APP_ID": "7080000000000000001"}, "TIKTOK_BUSINESS_SECRET"),
        ({"TIKTOK_BUSINESS_SECRET": "s"}, "TIKTOK_BUSINESS_APP_ID"),
        ({"TIKTOK_BUSINESS_APP_ID": "aw1", "TIKTOK_BUSINESS_SECRET": "s"}, "a number"),
        (
            {
                "TIKTOK_BUSINESS_APP_ID": "7",
                "TIKTOK_BUSINESS_SECRET": "s",
                "TIKTOK_BUSINESS_SCOPES": "video.list,no.such",
            },
            "no.such",
        ),
        ({"TIKTOK_SCOPES": "user.info.basic,portability.everything"}, "portability.everything"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, values: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings_module.load(environ=environment(tmp_path, **values))


def test_the_emulators_app_serves_where_no_other_is_set(tmp_path: Path) -> None:
    local = {"STAGEDOOR_TIKTOK_URL": "http://127.0.0.1:8701"}
    own = {
        "TIKTOK_BUSINESS_APP_ID": "7080000000000000001",
        "TIKTOK_BUSINESS_SECRET": "s",
        "TIKTOK_BUSINESS_SCOPES": "video.list, comment.list",
    }
    load = settings_module.load
    assert load(environ=environment(tmp_path)).app(AppKind.BUSINESS) is None
    found = load(environ=environment(tmp_path, **local)).app(AppKind.BUSINESS)
    assert found == EMULATOR_BUSINESS_APP
    mine = load(environ=environment(tmp_path, **local, **own)).app(AppKind.BUSINESS)
    assert mine is not None
    assert (mine.client_key, mine.scopes) == ("7080000000000000001", ("video.list", "comment.list"))
    assert "'s'" not in repr(mine)


def test_an_app_that_tiktok_refuses_ends_the_start(tmp_path: Path, local: Local) -> None:
    wrong = {
        "STAGEDOOR_TIKTOK_URL": local.url,
        "TIKTOK_BUSINESS_APP_ID": EMULATOR_BUSINESS_APP.client_key,
        "TIKTOK_BUSINESS_SECRET": "another-secret",
    }
    with pytest.raises(SettingsError, match="TIKTOK_BUSINESS_SECRET") as refused:
        open_services(settings_module.load(environ=environment(tmp_path, **wrong)))
    assert "another-secret" not in str(refused.value)


def test_another_refusal_of_the_app_is_only_logged(
    tmp_path: Path, local: Local, caplog: pytest.LogCaptureFixture
) -> None:
    app = {
        "STAGEDOOR_TIKTOK_URL": local.url,
        "TIKTOK_BUSINESS_APP_ID": EMULATOR_BUSINESS_APP.client_key,
        "TIKTOK_BUSINESS_SECRET": EMULATOR_BUSINESS_APP.client_secret,
        "TIKTOK_BUSINESS_SCOPES": "video.list",
    }
    local.fault("business.subscription_get", "status", status=400, code="40117", times=9)
    _try_business_app(settings_module.load(environ=environment(tmp_path, **app)))
    assert "40117" in caplog.text
