"""Call requests as an application builds them."""

from __future__ import annotations

from typing import Any

from stagedoor.agents.calls.request import CallRequest
from stagedoor.platform import catalogue
from tests.agents.conftest import AgentFixture


def call_request(agent: AgentFixture, name: str, arguments: Any = None, **more: Any) -> CallRequest:
    account = more.pop("account", agent.account)
    return CallRequest(catalogue.operations()[name], account, arguments or {}, **more)


def film(agent: AgentFixture, url: str, title: str = "A film", **more: Any) -> CallRequest:
    """A video behind a URL, that Stagedoor is to fetch."""
    arguments = {
        "post_info": {"title": title, "privacy_level": "SELF_ONLY"},
        "source_info": {"source": "PULL_FROM_URL", "video_url": url},
    }
    return call_request(agent, "posting.video_init", arguments, **{"fetch": True} | more)


def photos(agent: AgentFixture, *urls: str, **more: Any) -> CallRequest:
    """Photos behind URLs, the second of them the cover."""
    source = {"source": "PULL_FROM_URL", "photo_images": list(urls), "photo_cover_index": 1}
    arguments = {
        "post_mode": "DIRECT_POST",
        "media_type": "PHOTO",
        "post_info": {"title": "Two dishes", "privacy_level": "SELF_ONLY"},
        "source_info": source,
    }
    return call_request(agent, "posting.content_init", arguments, **{"fetch": True} | more)
