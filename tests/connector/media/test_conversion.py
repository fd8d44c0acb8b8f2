"""Files that posts don't take are converted into files of the media library that they take."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from stagedoor.client import check_photo, check_video
from stagedoor.connector.media.conversion import plan_photo, plan_video
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support import media
from tests.support.local import Local

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Workshop(PumpedStudio):
    """A media library whose files are converted when a test pumps."""

    def file(self, data: bytes, kind: str = "video") -> str:
        made = self.service.api("POST", "/api/media", {"kind": kind})
        assert self.put(made["uploadUrl"], data).status_code == 201
        return str(made["media"]["mediaId"])

    def preview(self, media_id: str) -> dict[str, Any]:
        return dict(self.service.api("GET", f"/api/media/{media_id}/conversion"))

    def convert(self, media_id: str, **more: Any) -> dict[str, Any]:
        """The conversion once it has ended."""
        begun = self.service.api("POST", f"/api/media/{media_id}/convert", **more)
        assert begun["status"] == "waiting"
        self.pump()
        path = f"/api/media/conversions/{begun['conversionId']}"
        return dict(self.service.api("GET", path))

    def content(self, media_id: str) -> Any:
        """The file, opened."""
        media_service = self.service.services.media
        medium = self.service.services.library.get("acme", media_id).medium
        return media_service.storage.open(medium.parts)


@pytest.fixture
def workshop(service_without_worker: Service, local: Local) -> Workshop:
    return Workshop(service_without_worker, local, "")


def changed(preview: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {one["what"]: (one["before"], one["after"]) for one in preview["changes"]}


def test_a_video_becomes_one_that_posts_take(workshop: Workshop) -> None:
    data = media.video(fps=12, width=320, height=640, codec="mpeg4", container="avi")
    source = workshop.file(data)
    preview = workshop.preview(source)
    assert (preview["fits"], preview["convertible"]) == (False, True)
    assert changed(preview) == {
        "container": ("avi", "mp4"),
        "codec": ("mpeg4", "h264"),
        "size": ("320x640", "360x720"),
        "frameRate": ("12.00", "30.00"),
    }
    done = workshop.convert(source)
    assert (done["status"], done["problem"]) == ("done", None)
    with workshop.content(done["mediaId"]) as file:
        facts = check_video(file)
    assert (facts.codec, facts.width, facts.height) == ("h264", 360, 720)
    assert facts.seconds == pytest.approx(3.2, abs=0.2)
    assert workshop.preview(done["mediaId"])["fits"] is True
    with workshop.content(source) as file:
        assert file.read() == data
    folder = workshop.service.services.settings.data / "conversions"
    assert list(folder.iterdir()) == []


@ON_ONE
def test_turned_and_wide_pictures_stay_upright(workshop: Workshop) -> None:
    turned = workshop.file(media.video(fps=10, width=640, height=360, turned=90))
    assert changed(workshop.preview(turned))["frameRate"] == ("10.00", "30.00")
    done = workshop.convert(turned)
    with workshop.content(done["mediaId"]) as file:
        facts = check_video(file)
    assert (facts.width, facts.height) == (360, 640)

    photo = workshop.file(media.photo(2_400, 1_200, "png"), "photo")
    assert changed(workshop.preview(photo))["size"] == ("2400x1200", "1920x960")
    done = workshop.convert(photo)
    assert done["status"] == "done", done
    with workshop.content(done["mediaId"]) as file:
        found = check_photo(file)
    assert (found.format, found.width, found.height) == ("jpeg", 1_920, 960)


@ON_ONE
def test_what_no_conversion_helps_is_said(workshop: Workshop) -> None:
    good = workshop.file(media.video())
    assert workshop.preview(good) == {
        "mediaId": good,
        "kind": "video",
        "fits": True,
        "problems": [],
        "convertible": False,
        "obstacles": [],
        "changes": [],
        "seconds": pytest.approx(3.2, abs=0.1),
    }
    short = workshop.file(media.video(seconds=1.0))
    assert "at least 3 s" in workshop.preview(short)["obstacles"][0]
    broken = workshop.file(b"\x00\x00\x00\x18ftypmp42" + b"nothing" * 500)
    assert workshop.preview(broken)["convertible"] is False
    for one in (good, short, broken):
        answer = workshop.service.send("POST", f"/api/media/{one}/convert", {})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_convertible")
    for path in ("/api/media/nothing/conversion", "/api/media/conversions/nothing"):
        assert workshop.service.send("GET", path).status_code == 404
    viewer = workshop.service.send("POST", f"/api/media/{good}/convert", {}, role="viewer")
    assert viewer.status_code == 403


@ON_ONE
def test_a_conversion_that_fails_leaves_no_file(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = workshop.file(media.video(fps=12))
    converter = workshop.service.services.conversions._converter
    monkeypatch.setattr("stagedoor.connector.media.converter.MAX_FILE", 1_000)
    done = workshop.convert(source)
    assert done["status"] == "failed"
    assert "larger than" in done["problem"]
    assert workshop.service.send("GET", f"/api/media/{done['mediaId']}").status_code == 404
    monkeypatch.undo()
    assert converter is workshop.service.services.conversions._converter
    assert workshop.convert(source)["status"] == "done"


def test_plans_keep_the_shape() -> None:
    facts = {"container": "mp4", "codec": "h264", "seconds": 9.0, "fps": 120.0, "size": 1}
    tall = plan_video(facts | {"width": 200, "height": 400}, ("is small",)).target
    assert tall is not None
    assert (tall.width, tall.height, tall.fps) == (360, 720, 60)
    wide = plan_video(facts | {"width": 8_000, "height": 4_500}, ("is large",)).target
    assert wide is not None
    assert (wide.width, wide.height) == (4_096, 2_304)
    thin = plan_video(facts | {"width": 40, "height": 4_000}, ("is thin",))
    assert thin.target is None
    assert "shape" in thin.obstacles[0]
    photo = plan_photo({"format": "png", "width": 3_000, "height": 3_000}, ("is a PNG",)).target
    assert photo is not None
    assert (photo.width, photo.height) == (1_080, 1_080)
    odd = plan_video(
        facts | {"fps": float(Fraction(30_000, 1_001)), "width": 721, "height": 1_281}, ("x",)
    )
    assert odd.target is not None
    assert (odd.target.width % 2, odd.target.height % 2) == (0, 0)
