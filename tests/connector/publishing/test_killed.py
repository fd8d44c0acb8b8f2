"""kill -9 before and after every network call and every commit of a post, and a restart.

The emulator's own log is the judge: no second publishing effect, and nothing lost. Here a seeded
choice of moments for each flow; the drill takes them all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from stagedoor.connector.publishing.moves import FOLLOW, PUBLISH
from tests.connector.publishing.conftest import PUBLIC, Hands
from tests.connector.publishing.test_network import judge
from tests.support import media
from tests.support.killing import KILLED, Killer, killer
from tests.support.site import running_site

MOST = 60
"""More boundaries than any post has."""


@pytest.fixture
def deadly(hands: Hands, environment: dict[str, str]) -> Iterator[Killer]:
    with running_site() as site, killer(environment) as killing:
        site.pages["/film.mp4"] = media.video()
        site.pages["/1.jpg"] = media.photo()
        hosts = {"cdn.example.com": site.url, "media.example.com": hands.service.url}
        hands.local.control("PUT", "hosts", hosts)
        yield killing


def video(hands: Hands, caption: str) -> str:
    return hands.post(caption=caption)


def draft(hands: Hands, caption: str) -> str:
    return hands.post(caption=caption, mode="draft")


def pulled(hands: Hands, caption: str) -> str:
    return hands.post(caption=caption, videoUrl="https://cdn.example.com/film.mp4")


def photos(hands: Hands, caption: str) -> str:
    asked = {
        "urls": ["https://cdn.example.com/1.jpg"],
        "caption": caption,
        "privacyLevel": PUBLIC,
    }
    return str(hands.call("publish-photos", asked)["publishId"])


Flow = Callable[[Hands, str], str]
FLOWS: dict[str, Flow] = {"video": video, "draft": draft, "pulled": pulled, "photos": photos}


def survive(hands: Hands, deadly: Killer, flow: Flow, at: int) -> bool:
    """Kill a post's first run at boundary `at`, let others finish it, and judge what came of it.

    False: it had no such boundary.
    """
    before = len(hands.made())
    caption = f"{flow.__name__} {at}"
    publish_id = flow(hands, caption)
    ref = f"acme/{publish_id}"
    said = deadly.run(PUBLISH, ref, at)
    if said != KILLED:
        deadly.run(FOLLOW, ref, at)
    for _ in range(30):
        hands.pump(61)
        post = hands.get(publish_id)
        if post["state"] in ("published", "failed", "unknown", "inInbox"):
            break
    there = len(hands.made()) - before
    if flow is draft:
        assert (post["state"], there) == ("inInbox", 1), (at, post)
    elif flow is video:
        assert (post["state"], there) == ("published", 1), (at, post)
    else:
        assert post["state"] in ("published", "unknown"), (at, post)
        judge(hands, {publish_id: post})
    if post["state"] == "unknown":
        inits = [step["outcome"] for step in post["history"] if step["step"] == "init"]
        assert inits == ["lost"]
    return said == KILLED


@pytest.mark.parametrize("flow", FLOWS)
def test_killed_at_some_moments(hands: Hands, deadly: Killer, flow: str) -> None:
    chosen = sorted(random.Random(f"{flow} 1").sample(range(1, 26), 5))
    killed = [survive(hands, deadly, FLOWS[flow], at) for at in chosen]
    assert any(killed)


@pytest.mark.drill
@pytest.mark.parametrize("flow", FLOWS)
def test_killed_at_every_moment(hands: Hands, deadly: Killer, flow: str) -> None:
    for at in range(1, MOST):
        if not survive(hands, deadly, FLOWS[flow], at):
            break
    else:
        raise AssertionError(f"a post of {flow} has no end")
    assert at > 10
