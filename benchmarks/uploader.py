"""Publishes one file in a process of its own and prints what that took, as JSON.

`python -m benchmarks.uploader sync|async BASE FILE` gives seconds and peak memory in bytes.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from stagedoor import AsyncTikTok, Hosts, Post, TikTok

TOKEN = "act.benchmark"
TITLE = "Behind the curtain #backstage"


def main(mode: str, base: str, file: str) -> None:
    seconds, post = _sync(base, file) if mode == "sync" else asyncio.run(_async(base, file))
    assert post.status == "PUBLISH_COMPLETE"
    print(json.dumps({"seconds": seconds, "peak": peak()}))


def _sync(base: str, file: str) -> tuple[float, Post]:
    with TikTok(access_token=TOKEN, hosts=Hosts.at(base)) as tiktok:
        begun = time.perf_counter()
        post = tiktok.posts.publish_video(file, privacy_level="SELF_ONLY", title=TITLE, check=False)
        return time.perf_counter() - begun, post


async def _async(base: str, file: str) -> tuple[float, Post]:
    async with AsyncTikTok(access_token=TOKEN, hosts=Hosts.at(base)) as tiktok:
        begun = time.perf_counter()
        post = await tiktok.posts.publish_video(
            file, privacy_level="SELF_ONLY", title=TITLE, check=False
        )
        return time.perf_counter() - begun, post


def peak() -> int:
    """The most memory this process ever held, in bytes."""
    try:
        # Linux's getrusage also counts the parent that this process was forked from.
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
