"""The upload flow, stepped by hand: the next request after each answer that TikTok may give."""

from __future__ import annotations

import io
from typing import Any

import pytest

from stagedoor import RetryPolicy
from stagedoor.client import ChunkPlan
from stagedoor.client.effects import Flow, Reply, Send, Sleep
from stagedoor.client.errors import (
    AnswerLost,
    NotSent,
    TransportError,
    UploadError,
    UploadExpired,
    UploadRefused,
)
from stagedoor.client.session import Session
from stagedoor.client.source import Blocks, open_source
from stagedoor.client.upload import upload
from tests.support.flows import Steps

URL = "https://upload.test/video/?upload_id=1&upload_token=hush"
CONTENT = bytes(range(25))
PLAN = ChunkPlan(size=25, chunk_size=10, count=2)
SESSION = Session(retry=RetryPolicy(attempts=3, first_delay=1.0, jitter=0))


class Upload(Steps):
    """The upload of 25 bytes as 10 and 15, with what it reports."""

    def __init__(self, confirmed: bool | None = None, plan: ChunkPlan = PLAN) -> None:
        self.stored: list[int] = []
        self.asked_tiktok = 0
        self.confirmed = confirmed
        source = open_source(io.BytesIO(CONTENT))
        super().__init__(upload(SESSION, URL, source, plan, self.stored.append, self._confirm))

    def _confirm(self) -> Flow[bool]:
        self.asked_tiktok += 1
        assert self.confirmed is not None, "TikTok's status is asked for without need"
        yield from ()
        return self.confirmed

    def chunk(self, answer: Reply | None = None) -> tuple[str, bytes]:
        """The next chunk's Content-Range and bytes, read as a connection reads them."""
        return _read(self.expect(Send, answer))


def _read(send: Send) -> tuple[str, bytes]:
    assert send.method == "PUT"
    assert send.url == URL, "the address is used as it came"
    assert "authorization" not in send.headers
    assert isinstance(send.body, Blocks)
    content = b""
    while block := send.body.next():
        content += block
        send.body.sent(len(block))
    assert send.headers["content-length"] == str(len(content))
    return send.headers["content-range"], content


def answer(status: int, stored: int | None = None) -> Reply:
    return Reply(status, {} if stored is None else {"content-range": f"bytes 0-{stored}/25"}, b"")


FIRST = ("bytes 0-9/25", CONTENT[:10])
LAST = ("bytes 10-24/25", CONTENT[10:])


def test_chunks_go_out_in_order_and_progress_counts_the_bytes() -> None:
    steps = Upload()
    assert steps.chunk() == FIRST
    assert steps.chunk(answer(206, 10)) == LAST
    assert steps.result(answer(201, 25)) is None
    assert steps.stored == [10, 10, 25, 25]


def test_a_plain_200_counts_as_stored() -> None:
    steps = Upload()
    steps.chunk()
    steps.chunk(answer(200))
    assert steps.result(answer(200)) is None


def test_the_media_type_follows_the_files_name(tmp_path: Any) -> None:
    for name, kind in [("a.MOV", "video/quicktime"), ("a.webm", "video/webm"), ("a", "video/mp4")]:
        path = tmp_path / name
        path.write_bytes(CONTENT)
        source = open_source(path)
        flow = upload(SESSION, URL, source, PLAN, lambda _: None, lambda: iter(()))  # type: ignore[arg-type, return-value]
        assert Steps(flow).expect(Send).headers["content-type"] == kind
        source.close()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_chunk_that_meets_a_5xx_is_sent_again_after_a_pause(status: int) -> None:
    steps = Upload()
    assert steps.chunk() == FIRST
    assert steps.expect(Sleep, answer(status)).seconds == 1.0
    assert steps.chunk() == FIRST
    assert steps.expect(Sleep, answer(status)).seconds == 2.0
    assert steps.chunk() == FIRST
    assert steps.chunk(answer(206, 10)) == LAST
    # a chunk that went through: patience starts anew
    assert steps.expect(Sleep, answer(status)).seconds == 1.0
    assert steps.chunk() == LAST
    assert steps.result(answer(201)) is None


def test_5xx_for_ever_is_given_up() -> None:
    steps = Upload()
    steps.chunk()
    for _ in range(2):
        steps.expect(Sleep, answer(500))
        steps.chunk()
    with pytest.raises(UploadRefused, match=r"HTTP 500\. Nothing was published"):
        steps.result(answer(500))


@pytest.mark.parametrize("error", [NotSent("not reached"), AnswerLost("no answer")])
def test_a_chunk_whose_answer_is_lost_is_sent_again(error: TransportError) -> None:
    steps = Upload()
    steps.chunk()
    steps.fail(Sleep, error)
    assert steps.chunk() == FIRST


@pytest.mark.parametrize("told", [10, 9], ids=["as a count", "as the last index"])
def test_a_chunk_that_tiktok_had_already_is_not_sent_a_third_time(told: int) -> None:
    steps = Upload()
    assert steps.chunk() == FIRST
    steps.fail(Sleep, AnswerLost("no answer"))
    assert steps.chunk() == FIRST
    assert steps.chunk(answer(416, told)) == LAST
    assert steps.result(answer(201)) is None


@pytest.mark.parametrize("told", [25, 24], ids=["as a count", "as the last index"])
def test_a_last_chunk_that_tiktok_had_already_ends_the_upload(told: int) -> None:
    steps = Upload()
    steps.chunk()
    steps.chunk(answer(206))
    steps.fail(Sleep, AnswerLost("no answer"))
    assert steps.chunk() == LAST
    assert steps.result(answer(416, told)) is None


def test_what_tiktok_has_lost_is_sent_again_from_there() -> None:
    steps = Upload()
    assert steps.chunk() == FIRST
    assert steps.chunk(answer(206)) == LAST
    assert steps.chunk(answer(416, 0)) == FIRST
    assert steps.chunk(answer(206)) == LAST
    assert steps.result(answer(201)) is None


def test_a_tiktok_that_never_keeps_the_first_chunk_is_given_up() -> None:
    steps = Upload()
    with pytest.raises(UploadRefused):  # noqa: PT012
        reply = None
        for _ in range(20):
            steps.chunk(reply)
            steps.chunk(answer(206))
            reply = answer(416, 0)


def test_progress_that_fits_no_chunk_is_a_refusal() -> None:
    steps = Upload()
    steps.chunk()
    with pytest.raises(UploadRefused, match="HTTP 416"):
        steps.result(answer(416, 4))


def test_a_lost_last_answer_is_confirmed_by_tiktoks_status() -> None:
    steps = Upload(confirmed=True)
    steps.chunk()
    steps.chunk(answer(206))
    steps.fail(Sleep, AnswerLost("no answer"))
    steps.chunk()
    steps.fail(Sleep, AnswerLost("no answer"))
    steps.chunk()
    with pytest.raises(StopIteration):
        steps.flow.throw(AnswerLost("no answer"))
    assert steps.asked_tiktok == 1


def test_a_lost_last_answer_that_tiktok_does_not_confirm_is_raised() -> None:
    steps = Upload(confirmed=False)
    steps.chunk()
    steps.chunk(answer(206))
    for _ in range(2):
        steps.fail(Sleep, AnswerLost("no answer"))
        steps.chunk()
    with pytest.raises(AnswerLost):
        steps.flow.throw(AnswerLost("no answer"))


@pytest.mark.parametrize("status", [403, 404, 400])
def test_an_address_that_died_after_the_last_bytes_arrived_is_no_failure(status: int) -> None:
    steps = Upload(confirmed=True)
    steps.chunk()
    steps.chunk(answer(206))
    steps.fail(Sleep, AnswerLost("no answer"))
    steps.chunk()
    assert steps.result(answer(status)) is None


def test_a_lost_first_chunk_is_never_taken_for_the_whole_file() -> None:
    steps = Upload(confirmed=True)
    steps.chunk()
    for _ in range(2):
        steps.fail(Sleep, AnswerLost("no answer"))
        steps.chunk()
    with pytest.raises(AnswerLost):
        steps.flow.throw(AnswerLost("no answer"))
    assert steps.asked_tiktok == 0


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, UploadExpired, "lives an hour"),
        (404, UploadRefused, "HTTP 404"),
        (400, UploadRefused, "HTTP 400"),
        (416, UploadRefused, "HTTP 416"),
    ],
)
def test_a_refusal_is_raised_at_once_and_shows_no_token(
    status: int, kind: type[UploadError], words: str
) -> None:
    steps = Upload()
    steps.chunk()
    with pytest.raises(kind, match=words) as error:
        steps.result(answer(status))
    assert "Nothing was published" in str(error.value)
    assert "hush" not in str(error.value)


class OneWay(io.BytesIO):
    """A stream that can't go back, like a pipe."""

    def seekable(self) -> bool:
        return False


def test_a_stream_goes_out_once_in_order() -> None:
    source = open_source(OneWay(CONTENT), 25)
    flow = upload(SESSION, URL, source, PLAN, lambda _: None, lambda: iter(()))  # type: ignore[arg-type, return-value]
    steps = Steps(flow)
    assert _read(steps.expect(Send)) == FIRST
    assert _read(steps.expect(Send, answer(206))) == LAST
    assert steps.result(answer(201)) is None


def test_a_stream_that_was_interrupted_says_that_it_cannot_go_back() -> None:
    source = open_source(OneWay(CONTENT), 25)
    flow = upload(SESSION, URL, source, PLAN, lambda _: None, lambda: iter(()))  # type: ignore[arg-type, return-value]
    steps = Steps(flow)
    _read(steps.expect(Send))
    steps.expect(Sleep, answer(500))
    with pytest.raises(UploadError, match="can't go back"):
        _read(steps.expect(Send))
