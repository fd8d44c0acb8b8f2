"""How a world begins: its time, its size, and the content of a file."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stagedoor import Hosts, TikTok
from stagedoor.emulator.world_file import WorldContent
from stagedoor.testing import ControlRefused, TikTokEmulator, in_process

NOW = "2026-03-01T12:00:00Z"
SECONDS = 1_772_366_400

DIGEST = """
import hashlib, json, sys
from pathlib import Path
from stagedoor.emulator import Emulator, state
from stagedoor.emulator.beginning import Beginning

emulator, file = Emulator(), Path(sys.argv[1])
for seed in (1, 7):
    for videos in (None, 300):
        emulator.reset(Beginning(seed, 1772366400.0, videos))
        state.save(emulator.world, file)
        content = json.loads(file.read_text())
        del content["ahead"]
        whole = json.dumps(content) + emulator.world.ids.access_token()
        whole += emulator.world.ids.open_id("app", next(iter(emulator.world.creators)))
        print(hashlib.sha256(whole.encode()).hexdigest())
emulator.close()
"""

GOOD = """\
version: 1
creators:
  - username: bakery
    display_name: The Bakery
    region: DE
    videos:
      - title: "Sourdough #bread"
        age: 86400
        views: 1000
        threads:
          - {author: anna.w, text: Lovely, replies: [{author: bakery, text: Thanks}]}
        liked_by: [anna.w, maracooks]
people:
  - username: anna.w
follows:
  - {follower: anna.w, followed: bakery}
apps:
  - {client_key: my-key, client_secret: my-secret, name: Mine}
ad_accounts:
  - name: Ads of the bakery
    campaigns: [{name: Spring, budget: 50}]
"""


def test_a_seed_and_a_time_give_the_same_world_in_every_process(tmp_path: Path) -> None:
    def digests(place: str) -> list[str]:
        file = str(tmp_path / f"{place}.json")
        told = subprocess.run(
            [sys.executable, "-c", DIGEST, file],
            env=os.environ | {"PYTHONHASHSEED": place},
            capture_output=True,
            text=True,
            check=True,
        )
        return told.stdout.split()

    first = digests("1")
    assert first == digests("2")
    assert len(set(first)) == 4


def issued(emulator: TikTokEmulator) -> tuple[str, str, list[str]]:
    tokens = emulator.tokens.issue()
    with TikTok(
        tokens=tokens, hosts=Hosts.at(emulator.url), transport=emulator.transport
    ) as tiktok:
        return tokens.access_token, tokens.open_id, [str(one.id) for one in tiktok.videos.all()]


def test_the_clock_begins_at_now_and_runs_on_and_a_reset_goes_back_to_it() -> None:
    with in_process(now=NOW) as emulator, in_process(now=SECONDS) as other:
        assert SECONDS <= emulator.clock.now() < SECONDS + 60
        mine = issued(emulator)
        assert mine == issued(other)
        emulator.clock.advance(days=3)
        emulator.reset()
        assert SECONDS <= emulator.clock.now() < SECONDS + 60
        assert issued(emulator) == mine


def test_a_reset_by_http_chooses_the_beginning() -> None:
    with in_process() as emulator:
        emulator.control("POST", "reset", {"seed": 3, "now": "2025-06-01T00:00:00+02:00"})
        june = issued(emulator)
        assert 1_748_728_800 <= emulator.clock.now() < 1_748_728_860
        emulator.control("POST", "reset")
        assert issued(emulator) == june
        told = emulator.control("POST", "reset", {"now": None, "videos": 12})
        assert told["counts"]["videos"] == 12
        assert told["seed"] == 3
        assert told["now"] > SECONDS
        emulator.reset()  # the one with which it was made
        assert emulator.control("GET", "world")["seed"] == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"now": "yesterday"}, "now"),
        ({"now": "2026-03-01T12:00:00"}, "now"),
        ({"now": True}, "now"),
        ({"now": 1e300}, "now"),
        ({"videos": 9}, "videos"),
        ({"videos": 1_000_001}, "videos"),
    ],
)
def test_a_wrong_beginning_is_refused_and_changes_nothing(body: dict[str, Any], path: str) -> None:
    with in_process(now=NOW) as emulator:
        before = issued(emulator)[2]
        with pytest.raises(ControlRefused, match=path):
            emulator.control("POST", "reset", body)
        assert issued(emulator)[2] == before


@pytest.mark.parametrize("videos", [10, 71, 73, 3_000, 6_000])
def test_a_world_has_as_many_videos_as_were_asked_for(videos: int) -> None:
    with in_process(videos=videos, now=NOW) as emulator:
        posts = list(emulator.world.videos.values())
        assert len(posts) == videos
        assert max(post.created for post in posts) <= SECONDS
        assert emulator.control("POST", "reset")["counts"]["videos"] == videos
        by_creator = [len(emulator.world.videos_of(one)) for one in emulator.world.creators]
        assert sum(by_creator) == videos
        if videos > 1_000:
            assert max(by_creator) > 4 * sorted(by_creator)[len(by_creator) // 2] > 0
            busiest = list(emulator.world.creators.values())[by_creator.index(max(by_creator))]
            tokens = emulator.tokens.issue(busiest.username)
            hosts = Hosts.at(emulator.url)
            with TikTok(tokens=tokens, hosts=hosts, transport=emulator.transport) as tiktok:
                assert len({one.id for one in tiktok.videos.all()}) == max(by_creator)


def test_a_world_file_adds_people_posts_apps_and_ad_accounts(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(GOOD)
    with in_process(world=file) as emulator:
        for _ in range(2):
            tokens = emulator.tokens.issue("bakery", client_key="emulator-client-key")
            hosts = Hosts.at(emulator.url)
            with TikTok(tokens=tokens, hosts=hosts, transport=emulator.transport) as tiktok:
                (post,) = tiktok.videos.list().videos
                assert (post.title, post.view_count) == ("Sourdough #bread", 1000)
                assert (post.comment_count, post.like_count) == (2, 2)
            assert emulator.creators.get("bakery").followers == 1
            assert emulator.control("GET", "apps/my-key")["name"] == "Mine"
            accounts = emulator.control("GET", "business/ad_accounts")["ad_accounts"]
            assert accounts[-1]["name"] == "Ads of the bakery"
            assert [one.name for one in emulator.world.all.campaigns.values()][-1] == "Spring"
            emulator.reset()


BAD = [
    ("version: 1\ncreators:\n  - username: 12\n", "line 3, creators.0.username"),
    ("version: 1\ncreators:\n  - username: no\n", "line 3, creators.0.username"),
    ("version: 1\ncreators:\n  - username: maracooks\n", "line 3, creators.0.username"),
    ("version: 1\npeople:\n  - username: an.a\n  - username: an.a\n", "line 4, people.1.username"),
    ("version: 1\ncreator: []\n", "line 2, creator"),
    (
        "version: 1\ncreators:\n  - username: bakery\n    followers: 9223372036854775808\n",
        "line 4, creators.0.followers: is no 64-bit number",
    ),
    ("version: 1\nfollows:\n  - follower: maracooks\n    followed: x.y\n", "line 4, follows.0"),
    ("version: 1\nad_accounts:\n  - timezone: Mars/Base\n", "line 3, ad_accounts.0.timezone"),
    ("version: 2\n", "written for a newer Stagedoor"),
    ("creators: []\n", "line 1, version"),
    ("version: 1\ncreators:\n  - {username: bak", "line 4: no YAML"),
    ("version: 1\nversion: 1\n", "line 2: version is here twice"),
    ("version: 1\npeople: &a [*a]\n", "line 2"),
    ("version: .nan\n", "line 1"),
    ("version: 1\ncreators: !!python/name:os.system ''\n", "line 2"),
    ("version: 1\npeople: " + "[" * 60 + "]" * 60, "nested too deeply"),
    ("", "line 1"),
    ("- 1\n", "line 1"),
    ("#" * (8 * 1_048_576 + 1), "larger than 8 MiB"),
]


@pytest.mark.parametrize(("text", "told"), BAD, ids=[told for _, told in BAD])
def test_mistakes_in_a_world_file_are_told_by_line_and_field(
    text: str, told: str, tmp_path: Path
) -> None:
    from stagedoor.emulator.server import WorldFileError

    file = tmp_path / "world.yaml"
    file.write_text(text)
    with pytest.raises(WorldFileError) as caught, in_process(world=file):
        pass
    assert told in str(caught.value)
    assert str(file) in str(caught.value)


def test_the_command_tells_a_mistake_and_ends(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(BAD[2][0])
    command = [
        str(Path(sys.executable).with_name("stagedoor")),
        "emulator",
        "--port",
        "0",
        "--world",
        str(file),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert "line 3, creators.0.username" in ended.stderr


def test_content_by_http_begins_a_world_and_wrong_content_leaves_the_old_one() -> None:
    content = {"version": 1, "creators": [{"username": "bakery", "videos": [{"title": "One"}]}]}
    with in_process() as emulator:
        counts = emulator.control("PUT", "world", content)["counts"]
        assert counts["creators"] == 5
        emulator.creators.add("made.later")
        wrong = {"version": 1, "follows": [{"follower": "bakery", "followed": "nobody"}]}
        bodies: tuple[object, ...] = (wrong, {"version": 9}, [], {"version": 1, "people": [1]})
        for body in bodies:
            with pytest.raises(ControlRefused):
                emulator.control("PUT", "world", body)
        assert emulator.creators.get("made.later").username == "made.later"
        assert emulator.control("POST", "reset")["counts"] == counts
        assert emulator.control("PUT", "world", {"version": 1})["counts"]["creators"] == 4


def test_a_change_of_one_world_leaves_others_as_they_are() -> None:
    with in_process(now=NOW) as emulator, in_process(now=NOW) as other:
        one, video = "maracooks", next(iter(emulator.world.videos.values()))
        emulator.control("PATCH", f"people/{one}", {"bio_url": "https://mara.example"})
        emulator.control("PUT", f"people/{one}/pins", {"video_ids": [video.id]})
        emulator.control("POST", f"videos/{video.id}/comments", {"author": one, "text": "Hm"})
        apps = {"scopes": [], "limits": {"display.video_list": [1, 1]}}
        emulator.control("PATCH", "apps/emulator-client-key", apps)
        with in_process(now=NOW) as fresh:
            assert whole(fresh) == whole(other) != whole(emulator)
        emulator.reset()
        assert whole(emulator) == whole(other)


def whole(emulator: TikTokEmulator) -> str:
    parts = [emulator.control("GET", path) for path in ("apps", "creators", "people", "world")]
    parts[-1].pop("now")
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def test_the_shipped_schema_is_that_of_the_content() -> None:
    import stagedoor.emulator.world_file as package

    shipped = json.loads((Path(package.__file__).parent / "schema.json").read_text())
    assert shipped.pop("$schema") == "https://json-schema.org/draft/2020-12/schema"
    assert shipped == WorldContent.model_json_schema()
