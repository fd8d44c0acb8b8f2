"""Reports through the client: typed rows, long ranges, pages and files, over real HTTP."""

from __future__ import annotations

import asyncio
import errno
import io
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from stagedoor import AsyncTikTokBusiness, TikTokBusiness
from stagedoor.business import ReportRow
from stagedoor.client import ad_reports, report_files
from stagedoor.client.errors import InvalidRequest, ReportFailed
from stagedoor.platform.products import business_reports
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET, OTHER_ADVERTISER_ID
from tests.support.local import QUICK, Local


@pytest.fixture
def settings(local: Local) -> dict[str, Any]:
    local.settings(rate_limits=False, report_seconds=0)
    issued = local.control("POST", "business/tokens", {})
    return {
        "access_token": issued["access_token"],
        "hosts": local.hosts,
        "retry": QUICK,
        "pacer": None,
    }


@pytest.fixture
def ads(settings: dict[str, Any]) -> Iterator[TikTokBusiness]:
    with TikTokBusiness(APP_ID, APP_SECRET, **settings) as made:
        yield made.for_advertiser(ADVERTISER_ID)


def daily(local: Local, back: int = 75) -> dict[str, Any]:
    """More days than TikTok takes at once, up to some days ago."""
    today = datetime.fromtimestamp(local.now()).date()
    return {
        "data_level": "AUCTION_AD",
        "dimensions": ("ad_id", "stat_time_day"),
        "metrics": ("spend", "impressions", "ctr", "ad_name", "skan_result"),
        "start_date": today - timedelta(days=back),
        "end_date": str(today - timedelta(days=5)),
    }


def asked(local: Local) -> list[str]:
    seen = local.control("GET", "requests", limit=10_000)["requests"]
    return [one["operation"] for one in seen]


def test_a_long_range_is_read_in_parts_with_typed_values(local: Local, ads: TikTokBusiness) -> None:
    values = daily(local)
    rows = list(ads.reports.rows(**values))
    days = {row["stat_time_day"] for row in rows}
    assert days == {values["start_date"] + timedelta(days=n) for n in range(71)}
    assert len({(row["ad_id"], row["stat_time_day"]) for row in rows}) == len(rows)
    row = rows[0]
    assert isinstance(row["stat_time_day"], date)
    assert isinstance(row["spend"], Decimal)
    assert isinstance(row["impressions"], int)
    assert isinstance(row["ctr"], Decimal)
    assert isinstance(row["ad_name"], str)
    assert row["skan_result"] is None
    assert asked(local).count("business.report_integrated_get") == 3
    assert rows[:7] == list(ads.reports.rows(**values, limit=7))
    hourly = values | {"dimensions": ("ad_id", "stat_time_hour"), "start_date": "2026-09-28"}
    hour = next(ads.reports.rows(**(hourly | {"start_date": values["end_date"]})))
    assert isinstance(hour["stat_time_hour"], datetime)


def test_a_large_report_is_read_from_a_file_with_the_same_rows(
    local: Local, ads: TikTokBusiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = daily(local)
    pages = list(ads.reports.rows(**values))
    monkeypatch.setattr(ad_reports, "FILE_ROWS", 20)
    assert list(ads.reports.rows(**values)) == pages
    seen = asked(local)
    assert seen.count("business.report_task_create") == 3
    assert seen.count("business.report_task_download") == 3
    by_status = {
        "field_name": "ad_status",
        "filter_type": "IN",
        "filter_value": '["STATUS_ALL"]',
    }
    assert list(ads.reports.rows(**values, filtering=[by_status])) == pages
    assert asked(local).count("business.report_task_create") == 3


def test_an_async_client_reads_the_same_rows(
    local: Local,
    ads: TikTokBusiness,
    settings: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = daily(local)
    pages = list(ads.reports.rows(**values))
    monkeypatch.setattr(ad_reports, "FILE_ROWS", 20)

    async def main() -> list[ReportRow]:
        async with AsyncTikTokBusiness(APP_ID, APP_SECRET, **settings) as client:
            return [row async for row in client.reports.rows(advertiser_id=ADVERTISER_ID, **values)]

    assert asyncio.run(main()) == pages


def test_several_ad_accounts_take_the_place_of_one(local: Local, ads: TikTokBusiness) -> None:
    values = daily(local, back=20)
    rows = ads.reports.rows(advertiser_ids=[ADVERTISER_ID, OTHER_ADVERTISER_ID], **values)
    assert {row["advertiser_id"] for row in rows} == {ADVERTISER_ID}


def test_a_report_as_text_and_a_cancelled_task(local: Local, ads: TikTokBusiness) -> None:
    values = daily(local, back=20)
    local.settings(report_seconds=3_600)
    task = ads.reports.create_task(**values).task_id
    assert ads.reports.task(task_id=task).status == business_reports.TaskStatus.QUEUING
    assert ads.reports.cancel_task(task_id=task).status == business_reports.TaskStatus.CANCELED
    local.settings(report_seconds=0)
    task = ads.reports.create_task(**values).task_id
    found = ads.reports.download(task_id=task)
    assert found.text is not None
    assert found.text.startswith("Ad id,Stat time day,Spend")


def test_a_lost_file_is_an_error_and_ranges_that_cannot_be_joined_are_refused(
    local: Local, ads: TikTokBusiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ad_reports, "FILE_ROWS", 20)
    rows = ads.reports.rows(**daily(local))
    monkeypatch.setattr("stagedoor.client.report_files.Send", _elsewhere)
    with pytest.raises(ReportFailed, match="HTTP 403"):
        list(rows)
    with pytest.raises(InvalidRequest, match="stat_time_day"):
        ads.reports.rows(
            data_level="AUCTION_AD",
            dimensions=["ad_id"],
            start_date="2025-01-01",
            end_date="2026-02-01",
        )
    with pytest.raises(InvalidRequest, match="before start_date"):
        ads.reports.rows(**(daily(local) | {"end_date": "2020-01-01"}))
    with pytest.raises(InvalidRequest, match=r"start_date is a moment: pass its day"):
        ads.reports.rows(**(daily(local) | {"start_date": datetime(2026, 10, 1)}))
    last = {"start_date": "9999-12-30", "end_date": "9999-12-31"}
    assert list(ads.reports.rows(**(daily(local) | last))) == []


@pytest.mark.parametrize(
    ("time", "fits", "too_long"),
    [("stat_time_day", "1993-01-24", "1993-01-23"), ("stat_time_hour", "2024-10-28", "2024-10-27")],
)
def test_a_range_of_too_many_reports_is_refused_at_once(
    local: Local, ads: TikTokBusiness, time: str, fits: str, too_long: str
) -> None:
    values = daily(local) | {"dimensions": ("ad_id", time), "end_date": "2025-12-01", "limit": 0}
    assert list(ads.reports.rows(**(values | {"start_date": fits}))) == []
    with pytest.raises(InvalidRequest, match=r"end_date makes it .* days: at most .* at once"):
        ads.reports.rows(**(values | {"start_date": too_long}))
    assert local.calls("business.report_integrated_get") == []


def _elsewhere(method: str, url: str, headers: dict[str, str], into: Any) -> Any:
    from stagedoor.client.effects import Send

    return Send(method, url.replace("/report-files/", "/report-files/x"), headers, into=into)


def test_a_report_is_saved_as_a_spreadsheet_or_csv(
    local: Local, ads: TikTokBusiness, tmp_path: Path
) -> None:
    values = daily(local, back=30)
    rows = list(ads.reports.rows(**values))
    saved = ads.reports.save(tmp_path / "month.xlsx", **values)
    assert saved.path == tmp_path / "month.xlsx"
    assert saved.size == saved.path.stat().st_size
    header, *lines = CalamineWorkbook.from_path(saved.path).get_sheet_by_index(0).to_python()
    assert header[:3] == ["Ad id", "Stat time day", "Spend"]
    assert [line[0] for line in lines] == [row["ad_id"] for row in rows]
    assert [line[2] for line in lines] == [float(str(row["spend"])) for row in rows]
    stream = io.BytesIO()
    csv: dict[str, Any] = {"output_format": "CSV_DOWNLOAD", "titles": False}
    assert ads.reports.save(stream, **csv, **values).size == len(stream.getvalue())
    assert stream.getvalue().startswith(b"ad_id,stat_time_day,spend,")
    assert stream.getvalue().count(b"\n") == len(rows) + 1
    assert [one.name for one in tmp_path.iterdir()] == ["month.xlsx"]


class _Full(io.BytesIO):
    """A stream to a full disk."""

    def write(self, _: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_report_that_cannot_be_saved_leaves_the_earlier_file(
    local: Local, ads: TikTokBusiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = daily(local, back=30)
    kept = tmp_path / "month.csv"
    kept.write_text("earlier")
    with pytest.raises(InvalidRequest, match="output_format"):
        ads.reports.save(kept, output_format="CSV_STRING", **values)
    before = asked(local)
    for wrong in (tmp_path / "no" / "month.csv", tmp_path):
        with pytest.raises(ReportFailed, match=r"can't write .* No report was asked for"):
            ads.reports.save(wrong, output_format="CSV_DOWNLOAD", **values)
    assert asked(local) == before
    with pytest.raises(ReportFailed, match=r"can't write .* report task \w+ is finished"):
        ads.reports.save(_Full(), output_format="CSV_DOWNLOAD", **values)
    fetched = report_files._fetched

    def expired(session: Any, found: Any, spool: Any) -> Any:
        url = found.download_url.replace("/report-files/", "/report-files/x")
        return fetched(session, found.model_copy(update={"download_url": url}), spool)

    monkeypatch.setattr(report_files, "_fetched", expired)
    with pytest.raises(ReportFailed, match="HTTP 403"):
        ads.reports.save(kept, output_format="CSV_DOWNLOAD", **values)
    assert kept.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [kept]


def test_several_ad_accounts_are_read_in_utc_page_by_page(
    local: Local, ads: TikTokBusiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ad_reports, "FILE_ROWS", 20)
    ids = (ADVERTISER_ID, OTHER_ADVERTISER_ID)
    values = daily(local, back=12) | {"dimensions": ("ad_id", "stat_time_hour")}
    values |= {"start_date": values["end_date"]}
    rows = list(ads.reports.rows(**values, advertiser_ids=ids, in_utc_time=True))
    hours = {row["stat_time_hour"] for row in rows}
    assert len(hours) == 24
    assert "business.report_task_create" not in asked(local)
    with pytest.raises(InvalidRequest, match="advertiser_ids"):
        ads.reports.rows(**values, in_utc_time=True)
