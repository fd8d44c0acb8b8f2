"""Videos and images for ads: uploads, metadata, search, covers, names."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from stagedoor.platform.products import business_creatives as creatives
from tests.examples.business import ADVERTISER_ID, OTHER_ADVERTISER_ID
from tests.examples.business_creatives import IMAGE_ID, OTHER_VIDEO_ID, VIDEO_ID, md5
from tests.support import media
from tests.support.creatives import Creatives
from tests.support.site import Site

from ..conftest import TikTok

UPLOAD = creatives.FILE_VIDEO_UPLOAD
IMAGE_UPLOAD = creatives.FILE_IMAGE_UPLOAD
SEARCH = creatives.FILE_VIDEO_SEARCH


@pytest.fixture
def ads(tiktok: TikTok) -> Creatives:
    """The first seeded ad account; the clock stands still, and no call is throttled."""
    tiktok.settings(rate_limits=False, processing_seconds=5)
    tiktok.control("POST", "clock", {"freeze": True})
    return Creatives(tiktok.http, tiktok.access_token())


@pytest.fixture
def other(ads: Creatives) -> Creatives:
    """The second seeded ad account, of the same token."""
    return Creatives(ads.http, ads.headers, OTHER_ADVERTISER_ID)


@pytest.mark.shows("business.file_video_upload")
def test_a_video_s_metadata_appears_once_it_is_processed(tiktok: TikTok, ads: Creatives) -> None:
    clip = media.video()
    sent = ads.video(("my clip.mp4", clip))
    assert (sent["file_name"], sent["signature"], sent["size"]) == (
        "my clip.mp4",
        md5(clip),
        len(clip),
    )
    assert (sent["width"], sent["duration"], sent["video_cover_url"]) == (None, None, None)
    assert sent["displayable"] is False
    [early] = ads.videos(sent["video_id"])
    assert early["width"] is None
    tiktok.advance(5)
    [found] = ads.videos(sent["video_id"])
    assert (found["width"], found["height"], found["format"]) == (360, 640, "mp4")
    assert found["duration"] == pytest.approx(3.2, abs=0.1)
    assert (found["fps"], found["definition"], found["displayable"]) == (25, "360p", True)
    assert found["create_time"].endswith("Z")
    assert tiktok.http.get(found["preview_url"]).content == clip
    assert tiktok.http.get(found["video_cover_url"]).content.startswith(b"\xff\xd8\xff")
    tiktok.advance(6 * 3_600)
    assert tiktok.http.get(found["preview_url"]).status_code == 403


def test_each_upload_is_a_video_of_its_own_with_the_same_material(
    ads: Creatives, other: Creatives
) -> None:
    first = ads.video(("a.mp4", media.video()))
    second = ads.video(("a.mp4", media.video()), file_name="b.mp4")
    assert first["video_id"] != second["video_id"]
    assert first["material_id"] == second["material_id"]
    [elsewhere] = [other.video(("a.mp4", media.video()))]
    assert elsewhere["material_id"] != first["material_id"]
    assert ads.videos(first["video_id"], elsewhere["video_id"], "v1") == [first]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"video_signature": "0" * 32}, 40900),
        ({"video_signature": "no"}, 40002),
        ({"file_name": "x" * 101}, 40002),
        ({"file_name": "pasta.mp4"}, 40911),
        ({"video_file": ("a.mp4", b"")}, 40906),
        ({"video_file": ("a.mp4", b"<html>" * 50)}, 40908),
        ({"video_file": ("a.mp4", media.video()[:-500])}, 40916),
        ({"video_file": ("a.webm", media.video(codec="libvpx", container="webm"))}, 40908),
        ({"video_file": ("a.mp4", media.sound())}, 40916),
        ({"upload_type": "UPLOAD_BY_FAX"}, 40002),
        ({"auto_fix_enabled": "true"}, 40002),
        ({"advertiser_id": "7"}, 40001),
    ],
)
def test_a_wrong_upload_is_told_by_its_code_and_adds_nothing(
    ads: Creatives, changed: dict[str, Any], code: int
) -> None:
    file = changed.get("video_file", ("a.mp4", media.video()))
    values = {"video_file": file, "video_signature": md5(file[1])} | changed
    assert ads.refused(UPLOAD, **values)[0] == code
    assert ads.found(SEARCH) == ["pasta.mp4"]


def test_an_upload_without_what_its_type_needs_is_told(ads: Creatives) -> None:
    for kind, field in (
        ("UPLOAD_BY_FILE", "video_file"),
        ("UPLOAD_BY_URL", "video_url"),
        ("UPLOAD_BY_FILE_ID", "file_id"),
        ("UPLOAD_BY_VIDEO_ID", "video_id"),
    ):
        code, said = ads.refused(UPLOAD, upload_type=kind)
        assert code == 40002
        assert f"{field}: Missing data for required field" in said


def test_a_refused_upload_leaves_no_file_behind(tiktok: TikTok, ads: Creatives) -> None:
    ads.refused(UPLOAD, video_file=("a.mp4", b"no"), video_signature=md5(b"no"))
    ads.refused(UPLOAD, video_file=("a.mp4", b"no"), video_signature="x")
    assert list(tiktok.world.media.iterdir()) == []


def test_a_video_comes_from_an_address(tiktok: TikTok, ads: Creatives, site: Site) -> None:
    tiktok.control("PUT", "hosts", {"media.example.com": site.url})
    site.pages["/clips/summer%20sale.mp4"] = media.video()
    address = "https://media.example.com/clips/summer%20sale.mp4?token=1"
    [made] = ads.ask(UPLOAD, upload_type="UPLOAD_BY_URL", video_url=address)
    assert (made["file_name"], made["signature"]) == ("summer sale.mp4", md5(media.video()))
    site.redirects["/moved.mp4"] = address
    site.pages["/page.mp4"] = b"<html>" * 10
    for path, code in (("moved.mp4", 40903), ("none.mp4", 40903), ("page.mp4", 40908)):
        url = f"https://media.example.com/{path}"
        assert ads.refused(UPLOAD, upload_type="UPLOAD_BY_URL", video_url=url)[0] == code
    unmapped = "https://elsewhere.example.com/a.mp4"
    code, said = ads.refused(UPLOAD, upload_type="UPLOAD_BY_URL", video_url=unmapped)
    assert code == 40903
    assert "host map" in said
    wrong = ads.refused(UPLOAD, upload_type="UPLOAD_BY_URL", video_url="ftp://media.example.com/a")
    assert wrong[0] == 40002


def test_a_download_that_takes_too_long_is_told(tiktok: TikTok, ads: Creatives, site: Site) -> None:
    tiktok.control("PUT", "hosts", {"media.example.com": site.url})
    tiktok.settings(creative_url_seconds=0.2)
    site.pages["/a"] = media.video()
    site.hold = threading.Event()
    try:
        url = "https://media.example.com/a"
        assert ads.refused(UPLOAD, upload_type="UPLOAD_BY_URL", video_url=url)[0] == 40902
        assert ads.refused(IMAGE_UPLOAD, upload_type="UPLOAD_BY_URL", image_url=url)[0] == 40913
    finally:
        site.hold.set()


def test_a_video_is_shared_into_another_ad_account(
    tiktok: TikTok, ads: Creatives, other: Creatives
) -> None:
    made = ads.video(("a.mp4", media.video()))
    [shared] = other.ask(UPLOAD, upload_type="UPLOAD_BY_VIDEO_ID", video_id=made["video_id"])
    assert shared["video_id"] != made["video_id"]
    assert other.videos(shared["video_id"])[0]["signature"] == made["signature"]
    alone = Creatives(
        tiktok.http, tiktok.access_token(advertiser_ids=[OTHER_ADVERTISER_ID]), OTHER_ADVERTISER_ID
    )
    by_id = {"upload_type": "UPLOAD_BY_VIDEO_ID", "file_name": "c.mp4"}
    assert alone.refused(UPLOAD, **by_id, video_id=made["video_id"])[0] == 40001
    assert alone.refused(UPLOAD, **by_id, video_id="v1")[0] == 40905


def test_flaws_are_looked_for_on_request(tiktok: TikTok, ads: Creatives) -> None:
    plain = ads.video(("a.mp4", media.video()))
    checked = ads.video(("b.mp4", media.video()), flaw_detect="true", auto_fix_enabled="true")
    tiktok.advance(5)
    first, second = ads.videos(plain["video_id"], checked["video_id"])
    assert (first["flaw_types"], first["fix_task_id"]) == (None, None)
    assert second["flaw_types"] == ["LOW_RESOLUTION"]
    assert second["fix_task_id"]


def test_processing_can_wait_for_a_word_of_the_test(tiktok: TikTok, ads: Creatives) -> None:
    tiktok.settings(processing="manual")
    made = ads.video(("a.mp4", media.video()))
    tiktok.advance(86_400)
    assert ads.videos(made["video_id"])[0]["width"] is None
    tiktok.control("POST", f"business/creatives/videos/{made['video_id']}/process")
    assert ads.videos(made["video_id"])[0]["width"] == 360


def test_a_search_filters_sorts_and_pages(tiktok: TikTok, ads: Creatives) -> None:
    for number in range(3):
        tiktok.advance(10)
        ads.video((f"Sale {number}.mp4", media.video()))
    tiktok.advance(10)
    square = ads.video(("square.mp4", media.video(width=480, height=480)))
    tiktok.advance(1)
    assert ads.found(SEARCH) == [
        "square.mp4",
        "Sale 2.mp4",
        "Sale 1.mp4",
        "Sale 0.mp4",
        "pasta.mp4",
    ]
    assert ads.found(SEARCH, filtering={"video_name": "sale"}, page_size=2, page=2) == [
        "Sale 0.mp4"
    ]
    page = ads.ask(SEARCH, page=2, page_size=2)["page_info"]
    assert page == {"page": 2, "page_size": 2, "total_number": 5, "total_page": 3}
    assert ads.found(SEARCH, page=4, page_size=2) == []
    assert ads.found(SEARCH, filtering={"displayable": False}) == ["square.mp4"]
    tiktok.advance(5)
    assert ads.found(SEARCH, filtering={"ratio": [1.0]}) == ["square.mp4"]
    assert ads.found(SEARCH, filtering={"width": 360, "height": 640}, page_size=1) == ["Sale 2.mp4"]
    by_id = {"video_ids": [square["video_id"], VIDEO_ID, OTHER_VIDEO_ID]}
    assert ads.found(SEARCH, filtering=by_id) == ["square.mp4", "pasta.mp4"]
    assert len(ads.found(SEARCH, filtering={"material_ids": [square["material_id"]]})) == 1
    assert ads.found(SEARCH, filtering={"video_material_source": ["FROM_ELSEWHERE"]}) == []
    ads.ask(creatives.FILE_VIDEO_UPDATE, video_id=VIDEO_ID, file_name="new.mp4")
    assert ads.found(SEARCH, sort_field="MODIFY_TIME", page_size=1) == ["new.mp4"]
    assert ads.refused(SEARCH, sort_field="NAME")[0] == 40002
    assert ads.refused(SEARCH, page_size=1_001)[0] == 40002
    too_many = [str(number) for number in range(101)]
    assert ads.refused(SEARCH, filtering={"video_ids": too_many})[0] == 40002
    assert ads.refused(creatives.FILE_VIDEO_INFO, video_ids=too_many[:61])[0] == 40002


@pytest.mark.shows("business.file_video_update")
def test_a_new_name_that_is_taken_gets_a_stamp(ads: Creatives) -> None:
    made = ads.video(("a.mp4", media.video()))
    rename = creatives.FILE_VIDEO_UPDATE
    assert ads.ask(rename, video_id=made["video_id"], file_name="b.mp4") == {}
    assert ads.videos(made["video_id"])[0]["file_name"] == "b.mp4"
    ads.ask(rename, video_id=made["video_id"], file_name="b.mp4")
    assert ads.videos(made["video_id"])[0]["file_name"] == "b.mp4", "its own name"
    ads.ask(rename, video_id=made["video_id"], file_name="pasta.mp4")
    name = ads.videos(made["video_id"])[0]["file_name"]
    assert name.startswith("pasta_")
    assert name.removeprefix("pasta_").removesuffix(".mp4").isdecimal()
    assert ads.refused(rename, video_id=OTHER_VIDEO_ID, file_name="c.mp4")[0] == 40905
    ads.video(("a.mp4", media.video()))


def test_covers_are_pictures_of_the_video(tiktok: TikTok, ads: Creatives, other: Creatives) -> None:
    made = ads.video(("a.mp4", media.video()))
    covers = creatives.FILE_VIDEO_SUGGESTCOVER
    early = ads.refused(covers, video_id=made["video_id"])
    assert early == (40002, "Insufficient permissions for some videos")
    assert other.refused(covers, video_id=made["video_id"])[0] == 40001
    tiktok.advance(5)
    found = ads.ask(covers, video_id=made["video_id"])["list"]
    assert len(found) == 3, "one a second"
    assert (found[0]["width"], found[0]["height"]) == (360, 640)
    assert tiktok.http.get(found[2]["url"]).content.startswith(b"\xff\xd8\xff")
    again = ads.ask(covers, video_id=made["video_id"], poster_number=2)["list"]
    assert [one["id"] for one in again] == [one["id"] for one in found[:2]]
    [image] = ads.ask(creatives.FILE_IMAGE_INFO, image_ids=[found[0]["id"]])["list"]
    assert image["format"] == "jpeg"
    assert ads.found(creatives.FILE_IMAGE_SEARCH) == ["pasta.png"]
    assert ads.refused(covers, video_id=made["video_id"], poster_number=11)[0] == 40002


@pytest.mark.shows("business.file_image_upload")
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_an_image_is_known_by_its_header(tiktok: TikTok, ads: Creatives, kind: str) -> None:
    picture = media.photo(kind=kind)
    made = ads.image(("picture.bin", picture))
    assert (made["format"], made["width"], made["height"]) == (kind, 720, 1080)
    assert (made["create_time"], made["is_carousel_usable"]) == (None, None)
    tiktok.advance(5)
    [found] = ads.ask(creatives.FILE_IMAGE_INFO, image_ids=[made["image_id"]])["list"]
    assert found["create_time"].endswith("Z")
    assert found["is_carousel_usable"] is True
    assert (found["signature"], found["size"]) == (md5(picture), len(picture))
    assert tiktok.http.get(found["image_url"]).content == picture
    tiktok.advance(3_600)
    assert tiktok.http.get(found["image_url"]).status_code == 403


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"image_signature": "0" * 32}, 40900),
        ({"file_name": "pasta.png"}, 40911),
        ({"image_file": ("a.jpg", media.photo(kind="webp"))}, 40904),
        ({"image_file": ("a.png", media.photo(kind="png")[:-20])}, 40904),
        ({"image_file": ("a.jpg", media.photo(width=2_000, height=1_900))}, 40904),
        ({"image_file": ("a.jpg", b"")}, 40906),
        ({"upload_type": "UPLOAD_BY_VIDEO_ID"}, 40002),
    ],
)
def test_a_wrong_image_is_told_by_its_code(
    ads: Creatives, changed: dict[str, Any], code: int
) -> None:
    file = changed.get("image_file", ("a.jpg", media.photo()))
    values = {"image_file": file, "image_signature": md5(file[1])} | changed
    assert ads.refused(IMAGE_UPLOAD, **values)[0] == code
    assert ads.found(creatives.FILE_IMAGE_SEARCH) == ["pasta.png"]


def test_a_file_over_the_limit_is_refused_though_it_is_read(tiktok: TikTok, ads: Creatives) -> None:
    large = bytes(creatives.MAX_IMAGE + (2 << 20))
    code, _ = ads.refused(IMAGE_UPLOAD, image_file=("a.jpg", large), image_signature=md5(large))
    assert code == 40907
    assert list(tiktok.world.media.iterdir()) == []


@pytest.mark.shows("business.file_image_update")
def test_an_image_gets_a_new_name(ads: Creatives) -> None:
    made = ads.image(("a.jpg", media.photo()))
    rename = creatives.FILE_IMAGE_UPDATE
    ads.ask(rename, image_id=made["image_id"], file_name="pasta.png")
    [found] = ads.ask(creatives.FILE_IMAGE_INFO, image_ids=[made["image_id"]])["list"]
    assert found["file_name"].startswith("pasta_")
    ratio = {"ratio": [0.66]}
    assert ads.found(creatives.FILE_IMAGE_SEARCH, filtering=ratio) == [found["file_name"]]
    by_id = {"image_ids": [IMAGE_ID, "none"]}
    assert ads.found(creatives.FILE_IMAGE_SEARCH, filtering=by_id) == ["pasta.png"]
    assert ads.refused(rename, image_id="none", file_name="b")[0] == 40905


def test_names_are_checked_alone_and_in_batches(ads: Creatives) -> None:
    check = creatives.FILE_NAME_CHECK
    [video] = ads.videos(VIDEO_ID)
    taken = ads.ask(check, file_name="pasta.mp4")
    assert taken["duplicate"] is True
    assert taken["duplicate_material_id"] == video["material_id"]
    assert ads.ask(check, file_name="pasta.mp4", file_type="IMAGE")["duplicate"] is False
    files = [
        {"file_name": "pasta.png", "file_type": "IMAGE"},
        {"file_name": "free.mp4", "file_type": "VIDEO"},
    ]
    results = ads.ask(check, files=files)["batch_results"]
    assert [(one["file_name"], one["duplicate"]) for one in results] == [
        ("pasta.png", True),
        ("free.mp4", False),
    ]
    code, said = ads.refused(check)
    assert code == 40002
    assert "file_name" in said
    assert ads.refused(check, files=files * 11)[0] == 40002


@pytest.mark.shows("business.file_start_upload")
@pytest.mark.shows("business.file_transfer_upload")
@pytest.mark.shows("business.file_finish_upload")
def test_a_video_is_uploaded_in_parts(tiktok: TikTok, ads: Creatives, other: Creatives) -> None:
    clip = media.padded_video(25_000_000)
    start, transfer = creatives.FILE_START_UPLOAD, creatives.FILE_TRANSFER_UPLOAD
    finish = creatives.FILE_FINISH_UPLOAD
    assert ads.refused(start, size=1_000, content_type="video")[0] == 40002
    assert ads.refused(start, size=2**40, content_type="video")[0] == 40907
    at = ads.ask(start, size=len(clip), content_type="video", name="long.mp4")
    upload = {"upload_id": at["upload_id"]}
    while at["start_offset"] < at["end_offset"]:
        begin, end = at["start_offset"], at["end_offset"]
        part = clip[begin:end]
        sent = upload | {"start_offset": begin, "file": ("part", part), "signature": md5(part)}
        assert ads.refused(transfer, **sent | {"signature": "0" * 32})[0] == 40900
        assert ads.refused(transfer, **sent | {"start_offset": begin + 1})[0] == 40002
        short = ("part", part[:-1])
        wrong = sent | {"file": short, "signature": md5(short[1])}
        assert ads.refused(transfer, **wrong)[0] == 40002
        assert ads.refused(finish, **upload)[0] == 40914
        assert other.refused(transfer, **sent)[0] == 40905
        at = ads.ask(transfer, **sent)
    assert at["start_offset"] == len(clip)
    done = ads.ask(finish, **upload)
    assert (done["signature"], done["size"], done["file_name"]) == (
        md5(clip),
        len(clip),
        "long.mp4",
    )
    assert ads.ask(finish, **upload)["file_id"] == done["file_id"]
    by_id = {"upload_type": "UPLOAD_BY_FILE_ID", "file_id": done["file_id"]}
    [made] = ads.ask(UPLOAD, **by_id)
    assert (made["file_name"], made["signature"]) == ("long.mp4", md5(clip))
    assert ads.refused(IMAGE_UPLOAD, **by_id)[0] == 40904
    assert other.refused(UPLOAD, **by_id)[0] == 40905
    tiktok.advance(5)
    assert ads.videos(made["video_id"])[0]["size"] == len(clip)
    tiktok.advance(86_400)
    assert ads.refused(UPLOAD, **by_id, file_name="late.mp4")[0] == 40910


@pytest.mark.shows("business.file_temporarily_upload")
def test_a_file_is_kept_for_a_later_upload(tiktok: TikTok, ads: Creatives, site: Site) -> None:
    picture = media.photo()
    keep = creatives.FILE_TEMPORARILY_UPLOAD
    sent = {"upload_type": "FILE", "content_type": "image", "file": ("a.jpg", picture)}
    assert ads.refused(keep, **sent, signature="0" * 32)[0] == 40900
    kept = ads.ask(keep, **sent, signature=md5(picture))
    by_id = {"upload_type": "UPLOAD_BY_FILE_ID", "file_id": kept["file_id"]}
    made = ads.ask(IMAGE_UPLOAD, **by_id)
    assert (made["file_name"], made["signature"]) == ("a.jpg", md5(picture))
    tiktok.control("PUT", "hosts", {"media.example.com": site.url})
    site.pages["/b.mp4"] = media.video()
    url = "https://media.example.com/b.mp4"
    fetched = ads.ask(keep, upload_type="URL", content_type="video", url=url)
    by_url = {"upload_type": "UPLOAD_BY_FILE_ID", "file_id": fetched["file_id"]}
    [video] = ads.ask(UPLOAD, **by_url)
    assert (video["file_name"], video["signature"]) == ("b.mp4", md5(media.video()))
    assert ads.refused(keep, upload_type="URL", content_type="video")[0] == 40002


def test_permissions_of_files_are_apart(tiktok: TikTok, ads: Creatives) -> None:
    reader = Creatives(ads.http, tiktok.access_token(permissions=["610"]), ADVERTISER_ID)
    assert reader.found(SEARCH) == ["pasta.mp4"]
    file = {"video_file": ("a.mp4", media.video()), "video_signature": md5(media.video())}
    assert reader.refused(UPLOAD, **file)[0] == 40001
    assert reader.refused(creatives.FILE_IMAGE_SEARCH)[0] == 40001
