"""Every block of code in the guide to TikTok API for Business runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from stagedoor import TikTokBusiness
from stagedoor.cli.demo import consent
from tests.support import media
from tests.support.local import Local

GUIDE = Path(__file__).parents[2] / "docs" / "business.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_blocks_run_one_after_the_other(
    local: Local,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("summer.mp4").write_bytes(media.video())
    names: dict[str, Any] = {"browse": consent.answer}
    for number, block in enumerate(BLOCKS):
        code = block.replace("http://127.0.0.1:8701", local.url)
        exec(compile(code, f"{GUIDE.name} block {number}", "exec"), names)  # noqa: S102
    for one in names.values():
        if isinstance(one, TikTokBusiness):
            one.close()
    said = capsys.readouterr().out
    assert "ad accounts ('7100000000000000001', '7100000000000000002')" in said
    assert "Mara's Kitchen 5000 USD America/New_York" in said
    assert "granted ('user.info.basic', 'video.list') until True" in said
    assert "Summer sale.mp4 360p True" in said
    assert re.search(r"\d{4}-\d\d-\d\d Knife set: visits of the shop \d+\.\d\d \d+\n", said)
    assert re.search(r"reported maracooks \d+ \d+ \d+\n", said)
    assert "40300 True" in said
    assert "Test shop 90000 JPY Etc/GMT-9" in said
