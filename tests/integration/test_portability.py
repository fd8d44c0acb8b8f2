"""Copies of data through the client: asked for, waited for, saved whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import anyio
import pytest

from stagedoor import (
    Category,
    DataFormat,
    ExportStatus,
    Progress,
    Scope,
    Stage,
    TikTok,
    read_archive,
    records,
)
from stagedoor.client.errors import (
    AnswerLost,
    BadRequest,
    ConfigurationError,
    ExportError,
    ExportOver,
    InvalidRequest,
    ScopeMissing,
    StillCollecting,
    UnexpectedAnswer,
)
from stagedoor.emulator import state
from stagedoor.emulator.app import Emulator
from stagedoor.emulator.products.portability.state import DataExport
from stagedoor.emulator.products.portability.timers import archive
from stagedoor.platform.products.portability import DATA_DOWNLOAD
from tests.support.local import Local

DOWNLOAD = DATA_DOWNLOAD.id
CUT = 700_000
"""Bytes of a download, a part of what there is."""


@pytest.fixture
def tiktok(local: Local) -> Iterator[TikTok]:
    """Acts for a creator who gives data, which are collected at once."""
    local.settings(export_seconds=0)
    tokens = local.tokens(scopes=[Scope.PORTABILITY_ALL_ONGOING])
    with local.client(tokens=tokens) as tiktok:
        yield tiktok


@pytest.fixture
def ready(local: Local, tiktok: TikTok) -> str:
    """A finished request whose archive takes several blocks."""
    local.control("PUT", "creators/maracooks/padding", {"bytes": 10 * CUT})
    local.settings(export_seconds=3_600)
    asked = tiktok.portability.request(
        data_format=DataFormat.JSON, category_selection_list=(Category.ACTIVITY,)
    )
    local.control("POST", f"exports/{asked.request_id}/finish")
    return asked.request_id


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("data_format", DataFormat)
def test_an_export_is_one_call_and_its_records_are_the_worlds(
    local: Local, tiktok: TikTok, tmp_path: Path, data_format: DataFormat
) -> None:
    told: list[Progress] = []
    made = tiktok.portability.export(
        tmp_path / "data.zip", data_format=data_format, progress=told.append
    )
    assert made.path == tmp_path / "data.zip"
    assert made.size == made.path.stat().st_size
    assert made.path.stat().st_mode & 0o077 == 0, "others can read a person's data"
    assert left_in(tmp_path) == ["data.zip"]
    stages = list(dict.fromkeys(moment.stage for moment in told))
    assert stages == [Stage.COLLECTING, Stage.DOWNLOADING, Stage.DONE]
    with read_archive(made.path) as archive:
        assert archive.format == data_format
        titles = [post.title for post in archive.records(records.Post)]
    with local.client() as display:
        assert titles == [video.title for video in display.videos.all()]


def test_an_export_on_a_loop_goes_to_a_stream(local: Local) -> None:
    local.settings(export_seconds=0)
    tokens = local.tokens(scopes=[Scope.PORTABILITY_POSTS_ONGOING])
    held = io.BytesIO(b"kept before:")
    held.seek(0, io.SEEK_END)

    async def main() -> int:
        async with local.async_client(tokens) as tiktok:
            made = await tiktok.portability.export(held, [Category.PROFILE, "video"])
            assert made.path is None
            return made.size

    size = anyio.run(main)
    whole = held.getvalue()
    assert whole.startswith(b"kept before:PK")
    assert len(whole) == len(b"kept before:") + size
    assert read_archive(io.BytesIO(whole[12:])).counts()["profile"] == 1


def test_the_state_is_typed_and_the_id_is_text(tiktok: TikTok) -> None:
    asked = tiktok.portability.request(
        data_format="text",  # type: ignore[arg-type]
        category_selection_list=("direct_message",),  # type: ignore[arg-type]
    )
    state = tiktok.portability.status(request_id=asked.request_id)
    assert state.request_id == asked.request_id
    assert len(asked.request_id) == 19
    assert state.data_format is DataFormat.TEXT
    assert state.category_selection_list == ("direct_messages",)
    tiktok.portability.cancel(request_id=asked.request_id)
    assert tiktok.portability.status(request_id=asked.request_id).status is ExportStatus.CANCELLED


def test_a_broken_download_begins_anew_and_leaves_one_whole_file(
    local: Local, tiktok: TikTok, ready: str, tmp_path: Path
) -> None:
    local.fault(DOWNLOAD, "cut", after_bytes=CUT)
    local.fault(DOWNLOAD, "status", status=500)
    target = tmp_path / "data.zip"
    made = tiktok.portability.download(ready, target)
    assert made.size == target.stat().st_size > CUT
    assert left_in(tmp_path) == ["data.zip"]
    with read_archive(target) as archive:
        assert archive.counts()["watched"] > 50_000
    assert [call["code"] for call in local.calls(DOWNLOAD)] == ["cut", "internal_error", "ok"]


def test_a_download_that_breaks_for_good_keeps_the_old_file_and_nothing_else(
    local: Local, tiktok: TikTok, ready: str, tmp_path: Path
) -> None:
    target = tmp_path / "data.zip"
    target.write_bytes(b"the old one")
    local.fault(DOWNLOAD, "cut", after_bytes=CUT, times=None)
    with pytest.raises(AnswerLost):
        tiktok.portability.download(ready, target)
    assert left_in(tmp_path) == ["data.zip"]
    assert target.read_bytes() == b"the old one"


def test_a_stream_is_wound_back_before_a_second_attempt(
    local: Local, tiktok: TikTok, ready: str
) -> None:
    local.fault(DOWNLOAD, "cut", after_bytes=CUT)
    held = io.BytesIO()
    made = tiktok.portability.download(ready, held)
    assert held.getbuffer().nbytes == made.size
    assert read_archive(held).counts()["watched"] > 50_000


def test_a_pipe_that_can_not_go_back_says_so(local: Local, tiktok: TikTok, ready: str) -> None:
    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, block: object) -> int:
            return len(block)  # type: ignore[arg-type]

    local.fault(DOWNLOAD, "cut", after_bytes=CUT)
    pipe: IO[bytes] = Pipe()  # type: ignore[assignment]
    with pytest.raises(ExportError, match="the stream can't go back"):
        tiktok.portability.download(ready, pipe)


def test_a_cancelled_download_leaves_nothing(local: Local, ready: str, tmp_path: Path) -> None:
    tokens = local.tokens(scopes=[Scope.PORTABILITY_ALL_ONGOING])

    async def main() -> None:
        async with local.async_client(tokens) as tiktok:
            with anyio.CancelScope() as tenant:

                def stop(moment: Progress) -> None:
                    if moment.stage is Stage.DOWNLOADING:
                        tenant.cancel()

                await tiktok.portability.download(ready, tmp_path / "data.zip", progress=stop)

    anyio.run(main)
    assert left_in(tmp_path) == []


def test_a_folder_that_is_not_there_is_named_before_anything_is_kept(
    tiktok: TikTok, ready: str, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=r"can't write .*gone/data.zip: No such file") as caught:
        tiktok.portability.download(ready, tmp_path / "gone" / "data.zip")
    assert caught.value.request_id == ready


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the kernel has no full device")
def test_a_full_disk_is_named(tiktok: TikTok, ready: str) -> None:
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(ExportError, match="No space left on device"),
    ):
        tiktok.portability.download(ready, full)


def test_a_download_that_is_refused_is_a_typed_error_and_no_file(
    local: Local, tiktok: TikTok, tmp_path: Path
) -> None:
    for request_id in ("5", "9223372036854775807"):
        with pytest.raises(BadRequest, match="request_id is not valid"):
            tiktok.portability.download(request_id, tmp_path / "data.zip")
    with pytest.raises(InvalidRequest, match="is no number"):
        tiktok.portability.download("five", tmp_path / "data.zip")
    assert left_in(tmp_path) == []


def test_what_is_neither_a_zip_nor_an_answer_is_unexpected(
    local: Local, tiktok: TikTok, ready: str, tmp_path: Path
) -> None:
    elsewhere = local.client(tokens=local.tokens(scopes=[Scope.PORTABILITY_ALL_ONGOING]))
    object.__setattr__(elsewhere._session, "hosts", local.hosts.at(f"{local.url}/nowhere"))
    with elsewhere, pytest.raises(UnexpectedAnswer):
        elsewhere.portability.download(ready, tmp_path / "data.zip")
    assert left_in(tmp_path) == []


def test_the_bare_call_points_to_the_method_that_saves(tiktok: TikTok) -> None:
    with pytest.raises(ConfigurationError, match="answers with a file"):
        tiktok.call(DATA_DOWNLOAD, request_id="5")


def test_waiting_ends_in_time_and_can_go_on(local: Local, tiktok: TikTok, tmp_path: Path) -> None:
    local.settings(export_seconds=86_400)
    with pytest.raises(StillCollecting, match="don't ask for another") as caught:
        tiktok.portability.export(tmp_path / "data.zip", wait=0.1)
    local.advance(86_400)
    request_id = caught.value.request_id
    assert tiktok.portability.wait_for(request_id).status is ExportStatus.DOWNLOADING
    assert tiktok.portability.download(request_id, tmp_path / "data.zip").size > 0


def test_waiting_for_what_is_over_says_so(tiktok: TikTok, ready: str) -> None:
    tiktok.portability.cancel(request_id=ready)
    with pytest.raises(ExportOver, match="is cancelled: there is nothing to download"):
        tiktok.portability.wait_for(ready)


def test_a_spent_scope_is_a_typed_error(local: Local, tmp_path: Path) -> None:
    local.settings(export_seconds=0)
    tokens = local.tokens(scopes=[Scope.PORTABILITY_POSTS_SINGLE])
    with local.client(tokens=tokens) as tiktok:
        tiktok.portability.export(tmp_path / "data.zip", ["video"])
        with pytest.raises(ScopeMissing):
            tiktok.portability.export(tmp_path / "again.zip", ["video"])
    assert left_in(tmp_path) == ["data.zip"]


def test_a_request_whose_answer_is_lost_is_not_repeated(
    local: Local, tiktok: TikTok, tmp_path: Path
) -> None:
    local.fault("portability.data_add", "lost")
    with pytest.raises(AnswerLost):
        tiktok.portability.export(tmp_path / "data.zip")
    assert len(local.calls("portability.data_add")) == 1
    assert len(local.control("GET", "exports")["exports"]) == 1


def test_finished_requests_outlive_the_emulator(tmp_path: Path) -> None:
    before = Emulator()
    creator = next(iter(before.world.all.creators.values()))
    export = DataExport(
        id="7",
        client_key="emulator-client-key",
        creator_id=creator.id,
        categories=(Category.VIDEO,),
        data_format=DataFormat.JSON,
        created=before.world.now(),
        base_url="http://127.0.0.1:1",
    )
    before.world.all.exports[export.id] = export
    state.save(before.world, tmp_path / "state")
    after = Emulator()
    state.load(after.world, tmp_path / "state")
    after.adopt()

    async def main() -> Path:
        async with after:
            await after.world.clock.advance(1)
            found = after.world.all.exports["7"]
            assert found.status is ExportStatus.DOWNLOADING
            file = await archive(after.world, found)
            file.unlink()
            return await archive(after.world, found)

    with read_archive(anyio.run(main)) as found:
        assert found.counts() == {"posts": 24}
    for emulator in (before, after):
        emulator.close()
