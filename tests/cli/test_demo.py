"""`stagedoor demo`: the main job, end to end, on processes of its own."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from stagedoor.cli.demo.processes import free_port

from .conftest import Shell


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("told_by", "heard"),
    [
        ((), "verified, stored, and told to the organisation."),
        (("--client",), "every signature verified."),
    ],
    ids=["service", "client"],
)
def test_the_demo_does_what_it_says(
    shell: Shell, film: Path, told_by: tuple[str, ...], heard: str
) -> None:
    shell.seconds = 170
    # once as a user has it: emulator, service and receiver load what they need, and the demo makes
    # its own film
    shell.prepared = "--client" in told_by
    own = ("--video", film) if told_by else ()
    done = shell.run("demo", *told_by, *own, COLUMNS="160")
    assert done.code == 0, done.err
    assert "Every byte arrived: SHA-256" in done.out
    assert re.search(r"http://127\.0\.0\.1:\d+/@maracooks/video/\d", done.out)
    assert "https://www.tiktok.com/@" not in done.out, "links open at the local TikTok"
    assert "This app hasn't passed TikTok's audit" in done.out
    assert "frame_rate_check_failed. Use 23 to 60 frames per second." in done.out
    assert heard in done.out
    told, _, table = done.out.partition("What was done")
    steps = re.findall(r"^(\d+)\. \S", told, re.MULTILINE)
    assert len(steps) == 10
    assert re.findall(r"│ (\d+) +│ \S", table) == steps
    assert not list(shell.home.rglob("*")), "the demo leaves the real accounts alone"


def test_the_demo_takes_a_video_of_ones_own_or_says_that_it_is_not_there(shell: Shell) -> None:
    done = shell.run("demo", "--video", "missing.mp4")
    assert done.code == 2
    assert "'missing.mp4' does not exist" in done.err


def test_a_free_port_stays_free_until_it_is_bound() -> None:
    """Systems give the ports of connections from 32768 or from 49152 on."""
    ports = {free_port() for _ in range(20)}
    assert len(ports) > 10
    assert max(ports) < 32_768
    with socket.create_server(("127.0.0.1", ports.pop())):
        pass
