"""A change through one product is visible through all the others."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import display, embed, portability
from stagedoor.platform.products.portability.archive import JSON_NAME
from stagedoor.platform.scopes import Scope
from tests.support import media
from tests.support.poster import PUBLIC_CREATOR, READY, Poster
from tests.support.researcher import Researcher, only

SCOPES = [
    Scope.VIDEO_PUBLISH,
    Scope.VIDEO_LIST,
    Scope.USER_INFO_STATS,
    Scope.PORTABILITY_ALL_ONGOING,
]
TITLE = "A loaf in every window #rye"


def asked(
    poster: Poster, token: str, operation: Operation[..., Any], body: Any = None, **query: str
) -> Any:
    answer = poster.http.request(
        operation.method,
        operation.path,
        params=query,
        json=body,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def archived(poster: Poster, token: str) -> Any:
    """The contents of a fresh copy of the person's data."""
    wanted = {"data_format": "json", "category_selection_list": ["video"]}
    added = asked(poster, token, portability.DATA_ADD, wanted, fields="request_id")
    poster.advance(2)
    answer = poster.call(portability.DATA_DOWNLOAD, token, added)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return json.loads(archive.read(JSON_NAME))


def test_a_published_video_is_in_display_oembed_the_player_the_archive_and_later_in_research(
    poster: Poster,
) -> None:
    token = poster.token(READY, PUBLIC_CREATOR, [str(one) for one in SCOPES])
    counted = {"fields": "video_count"}
    before = asked(poster, token, display.USER_INFO, None, **counted)["user"]["video_count"]
    publish_id = poster.post_video(token, media.video(), title=TITLE)
    poster.advance(5)
    (number,) = poster.status(token, publish_id)["publicaly_available_post_id"]

    # Display
    fields = {"fields": "id,title,share_url,create_time"}
    listed = asked(poster, token, display.VIDEO_LIST, {}, **fields)["videos"][0]
    assert (listed["id"], listed["title"]) == (str(number), TITLE)
    after = asked(poster, token, display.USER_INFO, None, **counted)["user"]["video_count"]
    assert after == before + 1

    # oEmbed and the player
    address = f"https://www.tiktok.com/@{PUBLIC_CREATOR}/video/{number}"
    card = poster.http.get(embed.OEMBED_VIDEO.path, params={"url": address}).json()
    assert (card["embed_product_id"], card["title"]) == (str(number), TITLE)

    player = poster.http.get(embed.PLAYER.path.format(post_id=number), params={"description": 1})
    assert player.status_code == 200
    assert TITLE in player.text

    # the archive
    (found,) = [
        one
        for one in archived(poster, token)["Post"]["Posts"]["VideoList"]
        if one["Title"] == TITLE
    ]
    assert str(number) in found["Link"]

    # Research
    query = only("video_id", "EQ", str(number))
    poster.advance(48 * 3_600 - 60)
    researcher = Researcher(poster.http)
    assert researcher.videos(query)["videos"] == []
    poster.advance(60)
    (seen,) = researcher.videos(query, "id,video_description,username,create_time")["videos"]
    assert seen == {
        "id": number,
        "video_description": TITLE,
        "username": PUBLIC_CREATOR,
        "create_time": listed["create_time"],
    }
