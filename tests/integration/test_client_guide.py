"""Every block of code in the client's guide runs as it stands there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stagedoor.cli.demo import consent
from tests.support.local import Local

GUIDE = Path(__file__).parents[2] / "docs" / "client.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
OWN_TEST = re.compile(r"# (test_\w+\.py)\n")


def test_the_guide_speaks_of_what_its_readers_ask_for() -> None:
    code = "\n".join(BLOCKS)
    for word in (
        "for_account",
        "exclusive",
        "AsyncTikTok",
        "verify_webhook",
        "errors",
        "def test_",
    ):
        assert word in code, word


def test_the_blocks_run_one_after_the_other(
    local: Local,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "guide"
    folder.mkdir()
    shutil.copy(clip, folder / "film.mp4")
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"browse": consent.answer}
    for number, block in enumerate(BLOCKS):
        if not OWN_TEST.match(block):
            code = block.replace("http://127.0.0.1:8701", local.url)
            exec(compile(code, f"{GUIDE.name} block {number}", "exec"), names)  # noqa: S102
    said = capsys.readouterr().out
    assert "granted ('user.info.basic', 'video.list', 'video.publish') missing ()" in said
    assert said.count("PUBLISH_COMPLETE") >= 3
    assert "@maracooks: PUBLISH_COMPLETE" in said
    assert "\n401\n" in said, "a forged webhook"
    assert local.calls("posting.video_init"), "the guide spoke to this TikTok"


@pytest.mark.parametrize(
    ("guide", "tests"),
    [(GUIDE, 1), (GUIDE.with_name("testing.md"), 4), (GUIDE.with_name("compute.md"), 3)],
)
def test_the_readers_own_tests_pass_in_pytest(tmp_path: Path, guide: Path, tests: int) -> None:
    found = re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)
    (block,) = (one for one in found if OWN_TEST.match(one))
    (tmp_path / "test_mine.py").write_text(block)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{tests} passed" in done.stdout


def test_the_blocks_are_typed(tmp_path: Path) -> None:
    """The last block's promise, for the blocks themselves: a type checker finds a slip."""
    code = "def browse(url: str) -> str:\n    return url\n" + "\n".join(
        block for block in BLOCKS if not OWN_TEST.match(block)
    )
    whole, slip = tmp_path / "guide.py", tmp_path / "slip.py"
    whole.write_text(code)
    slip.write_text("from stagedoor import TikTk\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(whole), str(slip)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    found = done.stdout.splitlines()
    assert [line for line in found if "slip.py" in line and "TikTk" in line], done.stdout
    assert not [line for line in found if "guide.py" in line and " error:" in line], done.stdout
