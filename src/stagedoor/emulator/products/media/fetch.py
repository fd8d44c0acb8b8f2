"""Downloads a file over HTTP, as TikTok does with the addresses that callers pass.

Hosts in the world's host map are fetched from loopback; others only if the setting
`pull_from_internet` is on. No redirect is followed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from ...hosts import reached_at
from ...world import World

_CONNECT_SECONDS = 10.0
_OK = 200


class DownloadFailed(Exception):
    """The file can't be downloaded; the text is the reason, without the query of the address."""


class FileTooLarge(DownloadFailed):
    """The file is larger than the limit."""


class IsText(DownloadFailed):
    """The server says that the file is text."""


async def blocks(world: World, url: str, most: int, *, text: bool = True) -> AsyncIterator[bytes]:
    """The bytes at `url`, streamed; at most `most`. Without `text`, a text is refused."""
    import httpx2

    # The query may be signed, so it isn't shown.
    shown = url.partition("?")[0]
    try:
        async for block in _streamed(world, url, most, text):
            yield block
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ImportError, ValueError) as error:
        # ImportError, ValueError: an unusable proxy in the environment
        detail = f"{shown} can't be downloaded: {str(error) or type(error).__name__}"
        raise DownloadFailed(detail) from None


async def _streamed(world: World, url: str, most: int, text: bool) -> AsyncIterator[bytes]:
    import httpx2

    mapped = reached_at(world, url)
    parts = urlsplit(url)
    shown, size = url.partition("?")[0], 0
    if mapped is None and not world.settings.pull_from_internet:
        raise DownloadFailed(
            f"{parts.hostname} isn't in the emulator's host map (PUT /_emulator/hosts), "
            "and pull_from_internet is off"
        )
    headers = {"Accept-Encoding": "identity", "Host": parts.netloc}
    async with (
        httpx2.AsyncClient(
            verify=mapped is None,
            trust_env=mapped is None,
            # The caller limits the total time.
            timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
        ) as client,
        client.stream("GET", mapped or url, headers=headers) as response,
    ):
        if response.is_redirect:
            said = f"{shown} answered {response.status_code}; TikTok follows no redirect"
            raise DownloadFailed(said)
        if response.status_code != _OK:
            raise DownloadFailed(f"{shown} answered {response.status_code}; TikTok needs 200")
        if not text and response.headers.get("content-type", "").lower().startswith("text/"):
            raise IsText(f"{shown} is text")
        async for block in response.aiter_raw():
            size += len(block)
            if size > most:
                raise FileTooLarge(f"{shown} is larger than {most} bytes, the most allowed")
            yield block
