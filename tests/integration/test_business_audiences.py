"""Audiences through the clients over real HTTP: one call from customers to an audience."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor import (
    AsyncTikTokBusiness,
    IdentifierKind,
    Identifiers,
    TikTokBusiness,
)
from stagedoor.business import (
    ActionMode,
    CalculateType,
    CustomAudience,
    MappingAction,
    StreamAction,
    UpdateAction,
    UsageMode,
)
from stagedoor.client.identifiers import csv_columns, files
from stagedoor.errors import BadRequest, IdentifiersRejected, InvalidRequest
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET
from tests.examples.business_audiences import STREAMED, SUBSCRIBERS
from tests.support.local import QUICK, Local

UPLOADS = "business.audience_file_upload"


def token(local: Local) -> str:
    return str(local.control("POST", "business/tokens", {})["access_token"])


@pytest.fixture
def ads(local: Local) -> Iterator[TikTokBusiness]:
    local.control("POST", "clock", {"freeze": True})
    made = TikTokBusiness(
        APP_ID, APP_SECRET, access_token=token(local), hosts=local.hosts, retry=QUICK
    )
    with made, made.for_advertiser(ADVERTISER_ID) as mine:
        yield mine


def emails(people: range) -> list[str]:
    return [f" Person.{n}@Private.Example" for n in people]


def detail(ads: TikTokBusiness, audience_id: str) -> CustomAudience:
    [found] = ads.audiences.get(custom_audience_ids=(audience_id,)).list
    return found.audience_details


def matched(local: Local, ads: TikTokBusiness, audience_id: str) -> CustomAudience:
    local.control("POST", "clock", {"advance": 6})
    return detail(ads, audience_id)


def calls(local: Local, operation: str = "") -> list[Any]:
    """The calls that reached TikTok."""
    found = local.control("GET", "requests")["requests"]
    return [one for one in found if operation in ("", one["operation"])]


def test_a_list_of_addresses_becomes_an_audience_in_one_call(
    local: Local, ads: TikTokBusiness, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        made = ads.audiences.upload("Buyers", Identifiers.emails(emails(range(1_500))))
    assert "rivate" not in caplog.text
    found = matched(local, ads, made.custom_audience_id)
    assert (found.name, found.cover_num, found.is_valid) == ("Buyers", 1_500, True)
    assert found.calculate_type is CalculateType.EMAIL_SHA256
    again = Identifiers.emails(iter(emails(range(1_000, 2_000))))
    ads.audiences.change_people(made.custom_audience_id, again, UpdateAction.APPEND)
    assert matched(local, ads, made.custom_audience_id).cover_num == 2_000
    group = ads.ad_groups.list().list[0].adgroup_id
    assert group is not None
    ads.audiences.apply(
        custom_audience_id=made.custom_audience_id,
        adgroup_ids=(group,),
        action_mode=ActionMode.APPLY,
        usage_mode=UsageMode.EXCLUDE,
    )
    [use] = ads.audiences.apply_log(custom_audience_ids=(made.custom_audience_id,)).list
    assert use.usage_mode is UsageMode.EXCLUDE


def test_a_csv_file_becomes_an_audience_in_several_files(
    local: Local, ads: TikTokBusiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FILE_BYTES", 200_000)
    monkeypatch.setattr(csv_columns, "CHUNK", 20_000)
    rows = "".join(f"{n},p{n}@private.example,+1 213 {n:07}\n" for n in range(5_000))
    customers = Identifiers.csv(io.BytesIO(f"id,email,phone\n{rows}".encode()))
    made = ads.audiences.upload("CSV", customers)
    found = matched(local, ads, made.custom_audience_id)
    assert (found.calculate_type, found.cover_num) == (CalculateType.MULTIPLE_TYPES, 5_000)
    assert len(calls(local, UPLOADS)) > 2


def test_nothing_is_sent_when_a_row_is_broken_or_the_request_is_wrong(
    local: Local, ads: TikTokBusiness
) -> None:
    broken = f"email\n{emails(range(1))[0]}\nprivate.example\n".encode()
    for values in (Identifiers.csv(io.BytesIO(broken)), Identifiers.emails(iter(["x", "a@b.c"]))):
        with pytest.raises(IdentifiersRejected, match=r"row \d is no e-mail") as caught:
            ads.audiences.upload("Broken", values)
        assert "rivate" not in str(caught.value)
    with pytest.raises(InvalidRequest, match="custom_audience_name"):
        ads.audiences.upload("x" * 129, Identifiers.emails(emails(range(5))))
    with pytest.raises(InvalidRequest, match="hold no identifier"):
        ads.audiences.upload("Empty", Identifiers.emails(["", None]))
    with pytest.raises(TypeError, match="identifiers must be Identifiers, such as") as wrong:
        ads.audiences.upload("Raw", emails(range(5)))  # type: ignore[arg-type]
    assert "rivate" not in str(wrong.value)
    with pytest.raises(IdentifiersRejected):
        ads.audiences.stream([STREAMED], Identifiers.emails(["a@b.c", "x"]))
    assert not calls(local)


def test_customers_are_streamed_in_batches(
    local: Local, ads: TikTokBusiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.client.audiences.STREAMED_AT_ONCE", 400)
    made = ads.audiences.manage_streamed(action=StreamAction.CREATE, custom_audience_name="Live")
    assert made.audience_id is not None
    count = ads.audiences.stream([made.audience_id], Identifiers.emails(emails(range(1_100))))
    assert count == 1_100
    assert len(calls(local, "business.segment_mapping")) == 3
    assert detail(ads, made.audience_id).cover_num == 1_100
    gone = Identifiers.emails(emails(range(50)))
    ads.audiences.stream([made.audience_id], gone, MappingAction.DELETE)
    assert detail(ads, made.audience_id).cover_num == 1_050
    google = Identifiers.of(IdentifierKind.GAID, ["6D92078A-8246-4BA4-AE5B-76104861E7DC"])
    assert ads.audiences.stream([made.audience_id], google) == 1
    with pytest.raises(InvalidRequest, match="idfa or gaid"):
        ads.audiences.stream([made.audience_id], Identifiers.devices([]))


def test_an_audience_that_is_being_matched_can_not_be_changed(
    local: Local, ads: TikTokBusiness
) -> None:
    made = ads.audiences.upload("Buyers", Identifiers.emails(emails(range(1_000))))
    with pytest.raises(BadRequest, match="not editable") as refused:
        ads.audiences.update(
            custom_audience_id=made.custom_audience_id, custom_audience_name="Later"
        )
    assert refused.value.code == "40002"


def test_the_same_as_coroutines(local: Local) -> None:
    async def go() -> list[str]:
        async with AsyncTikTokBusiness(
            APP_ID, APP_SECRET, access_token=token(local), hosts=local.hosts
        ) as app:
            mine = app.for_advertiser(ADVERTISER_ID)
            made = await mine.audiences.upload("A", Identifiers.phones(["+44 (0)20 7183 8750"]))
            names = [one.audience_id async for one in mine.audiences.all_audiences(page_size=2)]
            assert made.custom_audience_id in names
            return names

    assert SUBSCRIBERS in asyncio.run(go())
