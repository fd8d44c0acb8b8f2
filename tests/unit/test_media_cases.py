"""One table of media, held against the client's probe and the emulator's: the same verdict, the
same size as shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from stagedoor.client import check_photo, check_video
from stagedoor.client.errors import MediaRejected
from stagedoor.emulator.products.media.probe import probe_photo, probe_video
from stagedoor.platform.media import VIDEO
from tests.support.media_cases import PHOTOS, VIDEOS, Case


@pytest.mark.parametrize("case", VIDEOS, ids=str)
def test_both_probes_judge_a_video_alike(tmp_path: Path, case: Case) -> None:
    path = tmp_path / "film.mp4"  # whatever it is: a name says nothing
    path.write_bytes(case.make())
    theirs, fault = probe_video(path, VIDEO.min_seconds)
    assert (fault and fault.reason) == case.reason, fault
    if case.reason is not None:
        with pytest.raises(MediaRejected) as refused:
            check_video(path)
        assert case.says in str(refused.value)
        return
    ours = check_video(path)
    assert theirs is not None
    assert (ours.width, ours.height) == (theirs.width, theirs.height) == case.shown
    assert (ours.container, ours.codec) == (theirs.container, theirs.codec)
    assert ours.seconds == pytest.approx(theirs.seconds, abs=0.001)
    assert ours.fps == pytest.approx(theirs.fps, abs=0.001)


@pytest.mark.parametrize("case", PHOTOS, ids=str)
def test_both_probes_judge_a_photo_alike(tmp_path: Path, case: Case) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(case.make())
    theirs, fault = probe_photo(path)
    assert (fault and fault.reason) == case.reason, fault
    if case.reason is not None:
        with pytest.raises(MediaRejected) as refused:
            check_photo(io.BytesIO(path.read_bytes()))
        assert case.says in str(refused.value)
        return
    ours = check_photo(path)
    assert theirs is not None
    assert (ours.width, ours.height) == (theirs.width, theirs.height) == case.shown
    assert ours.format == theirs.format
