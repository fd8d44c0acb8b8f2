"""The README's examples run as they stand there."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stagedoor.cli.demo import consent
from tests.support.local import KEY, SECRET, Local

README = Path(__file__).parents[2] / "README.md"


def test_the_screen_of_client_code_runs(
    local: Local,
    film: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert found
    code = found[1].replace("http://127.0.0.1:8701", local.url)
    assert local.url in code
    shutil.copy(film, tmp_path / "film.mp4")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}

    def browse(_: str) -> str:
        return consent.answer(names["login"].url)

    names["input"] = browse
    exec(compile(code, str(README), "exec"), names)  # noqa: S102
    said = capsys.readouterr().out
    assert "PUBLISH_COMPLETE" in said
    assert "granted ('user.info.basic', 'video.list', 'video.publish') missing ()" in said
    assert names["video"].id
    assert (tmp_path / "tokens.json").stat().st_mode & 0o077 == 0


def test_the_screen_of_research_runs(local: Local, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]
    made = {"creator": "maracooks", "title": "Not an advert", "views": 5_000, "age": 3 * 86_400}
    video = local.control("POST", "videos", made)["id"]
    said = {"author": "rye.fan", "text": "Said under it"}
    local.control("POST", f"videos/{video}/comments", said)
    code = with_days(code, datetime.fromtimestamp(local.now(), UTC))
    exec(compile(code, str(README), "exec"), {"key": KEY, "secret": SECRET, "local": local.hosts})  # noqa: S102
    assert "maracooks Said under it" in capsys.readouterr().out


def with_days(code: str, now: datetime) -> str:
    """The README's range of days as the last 60 days: in one pass, since one may be the other."""
    days = {"20260701": f"{now - timedelta(days=60):%Y%m%d}", "20260930": f"{now:%Y%m%d}"}
    return re.sub("|".join(days), lambda found: days[found[0]], code)


def test_the_days_are_replaced_on_every_day() -> None:
    for passed in range(3 * 366):
        now = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=passed)
        first, last = with_days("20260701 20260930", now).split()
        assert (first, last) == (f"{now - timedelta(days=60):%Y%m%d}", f"{now:%Y%m%d}")
