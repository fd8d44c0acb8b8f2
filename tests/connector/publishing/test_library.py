"""The media library: one file serves several posts, and is deleted after the last of them."""

from __future__ import annotations

from typing import Any

from tests.connector.publishing.conftest import PUBLIC, PumpedStudio
from tests.support import media
from tests.support.local import Local

DAY = 86_400.0


def add(pumped: PumpedStudio, kind: str, data: bytes, name: str = "Loaf") -> str:
    added = pumped.service.api(
        "POST", "/api/media", {"kind": kind, "name": name, "size": len(data)}, role="member"
    )
    assert pumped.put(added["uploadUrl"], data).status_code == 201
    return str(added["media"]["mediaId"])


def stored(pumped: PumpedStudio, media_id: str) -> list[str]:
    return pumped.service.services.media.storage.names(media_id)


def video_of(pumped: PumpedStudio, media_id: str, caption: str) -> Any:
    asked = {"privacyLevel": PUBLIC, "caption": caption, "mediaId": media_id}
    begun = pumped.call("init-video-upload", asked)
    assert begun["uploadUrl"] is None
    pumped.call("publish-video", {"publishId": begun["publishId"]})
    return begun["publishId"]


def test_one_file_serves_several_posts_and_goes_after_the_last(
    pumped: PumpedStudio, local: Local
) -> None:
    film = add(pumped, "video", media.video())
    posts = [video_of(pumped, film, f"take {number}") for number in range(2)]
    assert [pumped.run(one)["state"] for one in posts] == ["published", "published"]
    assert {one["bytes_received"] for one in pumped.made()} == {len(media.video())}
    third = pumped.call(
        "init-video-upload", {"privacyLevel": PUBLIC, "caption": "later", "mediaId": film}
    )["publishId"]
    path = f"/api/media/{film}"
    assert pumped.service.api("GET", path, role="viewer")["uses"] == 3
    assert pumped.service.send("DELETE", path, role="viewer").status_code == 403
    assert pumped.service.send("DELETE", path, org="other").status_code == 404
    assert pumped.service.send("DELETE", path, role="member").status_code == 204
    assert pumped.service.send("GET", path).status_code == 404
    assert pumped.service.api("GET", "/api/media")["media"] == []
    pumped.pump(4 * DAY)
    # the draft still needs it
    pumped.call("publish-video", {"publishId": third})
    assert pumped.run(third)["state"] == "published"
    assert stored(pumped, film)
    pumped.pump(4 * DAY)
    assert stored(pumped, film) == []


def test_photos_of_the_library_are_listed_and_posted_again(pumped: PumpedStudio) -> None:
    one, two = (add(pumped, "photo", media.photo(), name) for name in ("One", "Two"))
    add(pumped, "video", media.video())
    listed = pumped.service.api("GET", "/api/media", kind="photo", limit=1)
    assert [file["name"] for file in listed["media"]] == ["Two"]
    more = pumped.service.api(
        "GET", "/api/media", kind="photo", limit=1, cursor=listed["nextCursor"]
    )
    assert [file["name"] for file in more["media"]] == ["One"]
    assert more["nextCursor"] is None
    assert pumped.service.api("GET", "/api/media", org="other")["media"] == []
    asked = {"uploads": [one, two], "privacyLevel": PUBLIC}
    posts = [pumped.call("publish-photos", asked)["publishId"] for _ in range(2)]
    assert posts[0] != posts[1]
    assert [pumped.run(post)["state"] for post in posts] == ["published", "published"]
    status, error = pumped.refused("init-video-upload", {"privacyLevel": PUBLIC, "mediaId": one})
    assert (status, error["code"]) == (400, "invalid_request")


def test_an_unused_file_is_kept_for_its_days(pumped: PumpedStudio) -> None:
    film = add(pumped, "video", media.video())
    pumped.pump(89 * DAY)
    pumped.run(video_of(pumped, film, "once more"))
    pumped.pump(88 * DAY)
    assert stored(pumped, film)
    pumped.pump(3 * DAY)
    assert stored(pumped, film) == []
    assert pumped.service.send("GET", f"/api/media/{film}").status_code == 404


def test_a_deleted_file_is_in_no_new_post(pumped: PumpedStudio) -> None:
    film, photo = add(pumped, "video", media.video()), add(pumped, "photo", media.photo())
    draft = pumped.draft()
    for media_id in (film, photo):
        pumped.service.send("DELETE", f"/api/media/{media_id}")
    # the files are stored until the due row is handled
    for operation, asked in (
        ("init-video-upload", {"mediaId": film}),
        ("publish-photos", {"uploads": [photo]}),
    ):
        status, error = pumped.refused(operation, asked | {"privacyLevel": PUBLIC})
        assert (status, error["code"]) == (409, "media_gone")
    assert [post["publishId"] for post in pumped.service.api("GET", "/api/posts")["posts"]] == [
        draft
    ]
    # a draft's file is kept for thirty days
    pumped.pump(31 * DAY)
    status, error = pumped.refused("publish-video", {"publishId": draft})
    assert (status, error["code"]) == (409, "media_gone")
    assert pumped.get(draft)["state"] == "draft"
