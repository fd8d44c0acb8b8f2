"""The flows that publish: at most one post, and no outcome that TikTok didn't confirm."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pytest

from stagedoor import Progress, RetryPolicy, Stage
from stagedoor.client.effects import Reply
from stagedoor.client.errors import (
    AnswerLost,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PostFailed,
    ServerError,
    StillProcessing,
    UnexpectedAnswer,
)
from stagedoor.client.publish import publish_photos, send_to_inbox, wait_for
from stagedoor.client.session import Session
from tests.support.flows import Script, enveloped

CREATOR = enveloped(
    {
        "creator_username": "maracooks",
        "creator_nickname": "Mara",
        "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
        "comment_disabled": False,
        "duet_disabled": False,
        "stitch_disabled": False,
        "max_video_post_duration_sec": 180,
    }
)
BEGUN = enveloped({"publish_id": "p", "upload_url": "https://upload.test/video/"})
LOST = AnswerLost("no answer")
INFO = "/v2/post/publish/creator_info/query/"
PHOTOS = "/v2/post/publish/content/init/"
INBOX = "/v2/post/publish/inbox/video/init/"
STATUS = "/v2/post/publish/status/fetch/"


def status(name: str, **more: Any) -> Reply:
    return enveloped({"status": name, **more})


def session(script: Script, attempts: int = 1) -> Session:
    return Session(
        "key",
        "secret",
        retry=RetryPolicy(attempts=attempts, jitter=0),
        now=lambda: script.now,
    )


def photos(script: Script, **options: Any) -> Any:
    options = {"privacy_level": "SELF_ONLY"} | options
    flow = publish_photos(session(script), ["https://photos.test/1.jpg"], **options)
    return script.run(flow)


def draft(script: Script) -> Any:
    return script.run(send_to_inbox(session(script), io.BytesIO(b"12345"), check=False))


def test_photos_are_announced_once_and_waited_for() -> None:
    script = Script(
        CREATOR,
        BEGUN,
        status("PROCESSING_DOWNLOAD"),
        status("PUBLISH_COMPLETE", publicaly_available_post_id=[7600000000000000777]),
    )
    post = photos(script)
    assert script.sent == [INFO, PHOTOS, STATUS, STATUS]
    assert (post.publish_id, post.status) == ("p", "PUBLISH_COMPLETE")
    assert post.post_ids == ("7600000000000000777",)


@pytest.mark.parametrize(
    "failure", [LOST, UnexpectedAnswer("html", 502), Reply(502, {}, b"<html>")]
)
def test_a_lost_answer_to_photos_is_unknown_and_never_repeated(failure: Any) -> None:
    script = Script(CREATOR, failure)
    with pytest.raises(OutcomeUnknown, match="before you post it again") as error:
        photos(script)
    assert error.value.publish_id is None
    assert script.sent == [INFO, PHOTOS]


def test_tiktoks_fault_on_photos_is_raised_as_it_is_and_not_repeated() -> None:
    script = Script(CREATOR, enveloped({}, "internal_error", 500))
    with pytest.raises(ServerError):
        photos(script)
    assert script.sent == [INFO, PHOTOS]


def test_a_privacy_that_is_not_offered_stops_it_before_it_begins() -> None:
    script = Script(CREATOR)
    with pytest.raises(InvalidRequest, match="FOLLOWER_OF_CREATOR is not offered by @maracooks"):
        photos(script, privacy_level="FOLLOWER_OF_CREATOR")
    assert script.sent == [INFO]


@pytest.mark.parametrize("cover", [-1, 1])
def test_a_cover_that_is_no_photo_is_refused_without_a_call(cover: int) -> None:
    script = Script()
    with pytest.raises(InvalidRequest, match="count from 0 to 0"):
        photos(script, cover=cover)
    assert script.sent == []


def test_as_many_copies_as_photos() -> None:
    script = Script()
    with pytest.raises(InvalidRequest, match=r"has 2 files for 1 photo\."):
        photos(script, copies=["a.jpg", "b.jpg"])
    assert script.sent == []


def test_an_upload_may_be_announced_again_once_for_it_publishes_nothing_by_itself() -> None:
    script = Script(LOST, BEGUN, Reply(201, {}, b""), status("SEND_TO_USER_INBOX"))
    assert draft(script).status == "SEND_TO_USER_INBOX"
    assert script.sent == [INBOX, INBOX, "https://upload.test/video/", STATUS]


def test_an_upload_is_not_announced_a_third_time() -> None:
    script = Script(LOST, LOST)
    with pytest.raises(AnswerLost):
        draft(script)
    assert script.sent == [INBOX, INBOX]


def test_an_answer_without_an_address_to_upload_to_is_said() -> None:
    with pytest.raises(UnexpectedAnswer, match="no upload_url"):
        draft(Script(enveloped({"publish_id": "p"})))


def waited(script: Script, wait: float = 60, **options: Any) -> Any:
    return script.run(wait_for(session(script), "p", wait=wait, **options))


def test_the_final_no_is_told_with_its_reason_and_remedy() -> None:
    with pytest.raises(PostFailed) as error:
        waited(Script(status("FAILED", fail_reason="frame_rate_check_failed")))
    assert (error.value.reason, error.value.retry) == ("frame_rate_check_failed", False)
    assert str(error.value).endswith("frame_rate_check_failed. Use 23 to 60 frames per second.")


def test_a_reason_that_tiktok_adds_is_passed_on() -> None:
    with pytest.raises(PostFailed) as error:
        waited(Script(status("FAILED", fail_reason="moon_dust")))
    assert error.value.reason == "moon_dust"


def test_a_status_that_tiktok_adds_is_waited_out() -> None:
    assert waited(Script(status("ON_THE_MOON"), status("PUBLISH_COMPLETE"))).status == (
        "PUBLISH_COMPLETE"
    )


def test_time_that_is_over_is_no_failure() -> None:
    script = Script(*[status("PROCESSING_UPLOAD")] * 40)
    with pytest.raises(StillProcessing, match="PROCESSING_UPLOAD after 60 s") as error:
        waited(script)
    assert error.value.publish_id == "p"
    assert 60 <= script.now - 1_000_000 < 61


def test_questions_become_rarer_but_never_rare() -> None:
    script = Script(*[status("PROCESSING_UPLOAD")] * 40)
    with pytest.raises(StillProcessing):
        waited(script, wait=120)
    *pauses, _ = script.pauses
    assert all(earlier <= later <= 10 for earlier, later in pairwise(pauses))
    assert pauses[0] < 1 < pauses[-1]


def test_public_is_waited_for_only_when_asked() -> None:
    moderated = status("PUBLISH_COMPLETE")
    public = status("PUBLISH_COMPLETE", publicaly_available_post_id=["7"])
    assert waited(Script(moderated)).post_ids == ()
    assert waited(Script(moderated, public), until_public=True).post_ids == ("7",)


def test_an_id_that_tiktok_does_not_know_yet_is_asked_for_again_for_a_while() -> None:
    unknown = enveloped({}, "invalid_publish_id", 400)
    assert waited(Script(unknown, unknown, status("PUBLISH_COMPLETE"))).publish_id == "p"
    script = Script(*[unknown] * 60)
    with pytest.raises(NotFound):
        waited(script, wait=600)
    assert 30 < script.now - 1_000_000 < 45


def test_a_status_that_cannot_be_read_leaves_the_post_unknown() -> None:
    with pytest.raises(OutcomeUnknown, match="don't post it again") as error:
        waited(Script(LOST))
    assert error.value.publish_id == "p"


def test_each_stage_is_told() -> None:
    told: list[Progress] = []
    photos(Script(CREATOR, BEGUN, status("PUBLISH_COMPLETE")), progress=told.append)
    assert [moment.stage for moment in told] == [
        Stage.SETTINGS,
        Stage.INIT,
        Stage.PROCESSING,
        Stage.DONE,
    ]
