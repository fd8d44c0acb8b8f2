"""The HTTP library's log of requests holds no secret."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from stagedoor import Hosts, TikTokBusiness
from stagedoor.platform import catalogue
from stagedoor.platform.operation import Operation
from stagedoor.platform.protocols.layout import layout, own_names
from stagedoor.testing import TikTokEmulator
from tests.examples import Seeded, values_of
from tests.examples.business import APP_ID, APP_SECRET


def holds_secret(operation: Operation[..., Any]) -> bool:
    """Whether a secret of the app travels in the query."""
    at = layout(operation)
    return any(not at.model.model_fields[name].repr for name in at.query & own_names(at.model))


HOLDING = [one for one in catalogue.operations().values() if holds_secret(one)]


def test_a_secret_in_a_query_is_not_logged(
    tiktok_emulator: TikTokEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seeded = Seeded(tiktok_emulator.world)
    with TikTokBusiness(
        APP_ID,
        APP_SECRET,
        access_token=tiktok_emulator.tokens.issue_for_ads().access_token,
        hosts=Hosts.at(tiktok_emulator.url),
        transport=tiktok_emulator.transport,
    ) as client:
        for operation in HOLDING:
            own = own_names(layout(operation).model)
            given = values_of(operation, seeded).items()
            client.call(operation, **{name: value for name, value in given if name not in own})
    assert len(HOLDING) >= 5
    for operation in HOLDING:
        assert operation.path in caplog.text
    assert APP_SECRET not in caplog.text
