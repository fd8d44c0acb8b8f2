"""Hearing of every answer: for logs and counters, and for TikTok's support."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from stagedoor import Answered, RetryPolicy
from stagedoor.errors import BadRequest
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import display
from tests.support.local import Local


def test_each_answer_is_told_with_its_log_id(local: Local) -> None:
    heard: list[Answered] = []
    with local.client() as tiktok:
        listening = tiktok.with_listener(heard.append)
        listening.user.info()
        local.fault("display.video_list", "status", status=500, code="internal_error")
        listening.videos.list()
        local.fault("display.video_list", "status", status=400, code="invalid_params")
        with pytest.raises(BadRequest) as refused:
            listening.videos.list()
        tiktok.user.info()
    assert [(one.operation, one.http_status) for one in heard] == [
        ("display.user_info", 200),
        ("display.video_list", 500),
        ("display.video_list", 200),
        ("display.video_list", 400),
    ]
    assert all(len(one.log_id) > 16 for one in heard)
    assert heard[-1].log_id == refused.value.log_id
    assert b'"open_id"' in heard[0].body
    # what may be a token's stays out of logs
    assert "open_id" not in repr(heard[0])


def test_a_guard_refuses_a_call_before_anything_is_sent(local: Local) -> None:
    asked: list[str] = []

    def guard(operation: Operation[..., Any], request: BaseModel) -> None:
        asked.append(operation.id)
        if operation is display.VIDEO_LIST:
            raise PermissionError("no videos")

    with local.client() as tiktok:
        guarded = tiktok.with_guard(guard).with_retry(RetryPolicy())
        assert guarded.user.info().user.open_id
        with pytest.raises(PermissionError):
            guarded.videos.list()
        with pytest.raises(PermissionError):
            list(guarded.videos.all())
        assert asked == ["display.user_info", "display.video_list", "display.video_list"]
        with pytest.raises(PermissionError):
            guarded.with_guard(lambda operation, _: asked.append("second")).videos.list()
        assert asked.pop() == "display.video_list", "the earlier guard refuses first"
        assert local.calls("display.video_list") == []
