"""Reports as files: states along the clock, downloads, cancelling, refusals."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from python_calamine import CalamineWorkbook

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_reports import (
    REPORT_INTEGRATED_GET,
    REPORT_TASK_CANCEL,
    REPORT_TASK_CHECK,
    REPORT_TASK_CREATE,
    REPORT_TASK_DOWNLOAD,
)
from tests.support.advertiser import Advertiser

from ..conftest import TikTok
from .test_business_reports import DAY, condition, days


def parts(advertiser: Advertiser) -> dict[str, Any]:
    return {
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": ["ad_id", "stat_time_day"],
        "metrics": ["spend", "impressions", "ad_name"],
        **days(advertiser, 9, 3),
    }


def begun(advertiser: Advertiser, **changed: Any) -> str:
    values = parts(advertiser) | {"enable_report_title_translation": False} | changed
    return str(advertiser.ask(REPORT_TASK_CREATE, **values)["task_id"])


def state(advertiser: Advertiser, task: str) -> str:
    return str(advertiser.ask(REPORT_TASK_CHECK, task_id=task)["status"])


def text(advertiser: Advertiser, task: str) -> str:
    asked = {"advertiser_id": advertiser.id, "task_id": task}
    answer = advertiser.http.get(
        REPORT_TASK_DOWNLOAD.path, params=asked, headers=advertiser.headers
    )
    assert answer.headers["content-type"].startswith("text/csv")
    return answer.text


@pytest.mark.shows("business.report_task_create")
def test_a_task_becomes_ready_and_holds_the_rows_of_the_pages(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    tiktok.settings(report_seconds=10)
    task = begun(advertiser)
    assert state(advertiser, task) == "QUEUING"
    assert advertiser.refused(REPORT_TASK_DOWNLOAD, task_id=task)[0] == 40201
    tiktok.advance(5)
    assert state(advertiser, task) == "PROCESSING"
    tiktok.advance(5)
    assert state(advertiser, task) == "SUCCESS"
    found = list(csv.DictReader(io.StringIO(text(advertiser, task))))
    data = advertiser.ask(REPORT_INTEGRATED_GET, page_size=1_000, **parts(advertiser))
    assert found == [row["dimensions"] | row["metrics"] for row in data["list"]]
    assert len(found) == 21


@pytest.mark.shows("business.report_task_cancel")
def test_a_cancelled_task_has_no_file(tiktok: TikTok, advertiser: Advertiser) -> None:
    task = begun(advertiser)
    told = advertiser.ask(REPORT_TASK_CANCEL, task_id=task)
    assert told["status"] == "CANCELED"
    tiktok.advance(60)
    assert state(advertiser, task) == "CANCELED"
    assert advertiser.refused(REPORT_TASK_DOWNLOAD, task_id=task)[0] == 40002
    assert advertiser.refused(REPORT_TASK_CANCEL, task_id=task)[0] == 40002


def test_a_download_has_an_address_for_an_hour(tiktok: TikTok, advertiser: Advertiser) -> None:
    task = begun(advertiser, output_format="CSV_DOWNLOAD", file_name="week")
    tiktok.advance(60)
    told = advertiser.ask(REPORT_TASK_DOWNLOAD, task_id=task)
    assert (told["file_name"], told["output_format"]) == ("week.csv", "CSV_DOWNLOAD")
    address = urlsplit(told["download_url"])
    path = f"{address.path}?{address.query}"
    answer = advertiser.http.get(path)  # without a token
    assert answer.status_code == 200
    assert answer.text.splitlines()[0] == "ad_id,stat_time_day,spend,impressions,ad_name"
    assert len(answer.text.splitlines()) == 22
    assert advertiser.http.get("/report-files/nothing/week.csv").status_code == 403
    tiktok.advance(3_601)
    assert advertiser.http.get(path).status_code == 403
    again = advertiser.ask(REPORT_TASK_DOWNLOAD, task_id=task)["download_url"]
    assert advertiser.http.get(urlsplit(again).path).status_code == 200
    tiktok.advance(30 * DAY)
    assert advertiser.refused(REPORT_TASK_DOWNLOAD, task_id=task)[0] == 40910


def test_a_spreadsheet_holds_the_rows_with_exact_ids_and_numbers(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    shown = advertiser.ask(REPORT_INTEGRATED_GET, page_size=1, **parts(advertiser))["list"]
    (ad,) = advertiser.ads(ad_ids=[shown[0]["dimensions"]["ad_id"]])
    renamed = {"ad_id": ad["ad_id"], "ad_name": "=1+1"}
    changes = {"adgroup_id": ad["adgroup_id"], "patch_update": True, "creatives": [renamed]}
    advertiser.ask(business_ads.AD_UPDATE, **changes)
    task = begun(advertiser, output_format="XLSX_DOWNLOAD")
    tiktok.advance(60)
    told = advertiser.ask(REPORT_TASK_DOWNLOAD, task_id=task)
    assert told["file_name"].endswith(".xlsx")
    assert told["output_format"] == "XLSX_DOWNLOAD"
    address = urlsplit(told["download_url"])
    answer = advertiser.http.get(f"{address.path}?{address.query}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    header, *rows = book.get_sheet_by_index(0).to_python()
    assert header == ["ad_id", "stat_time_day", "spend", "impressions", "ad_name"]
    data = advertiser.ask(REPORT_INTEGRATED_GET, page_size=1_000, **parts(advertiser))
    pages = [row["dimensions"] | row["metrics"] for row in data["list"]]
    assert [row[0] for row in rows] == [one["ad_id"] for one in pages]
    assert [row[4] for row in rows] == [one["ad_name"] for one in pages]
    assert "=1+1" in [row[4] for row in rows]
    assert [row[2] for row in rows] == [float(one["spend"]) for one in pages]


def test_titles_are_translated_unless_turned_off_and_countries_are_named(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    task = begun(
        advertiser,
        dimensions=["ad_id", "country_code"],
        enable_report_title_translation=True,
        metrics=["spend"],
    )
    tiktok.advance(60)
    lines = text(advertiser, task).splitlines()
    assert lines[0] == "Ad id,Country code,Spend"
    assert {line.split(",")[1] for line in lines[1:]} == {"United States"}


def test_a_task_belongs_to_its_token_and_ad_account(
    tiktok: TikTok, advertiser: Advertiser, empty: Advertiser
) -> None:
    task = begun(advertiser)
    other = Advertiser(advertiser.http, tiktok.access_token(), advertiser.world)
    assert other.refused(REPORT_TASK_CHECK, task_id=task)[0] == 40002
    assert empty.refused(REPORT_TASK_CHECK, task_id=task)[0] == 40002
    assert advertiser.refused(REPORT_TASK_CHECK, task_id="17")[0] == 40002


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"dimensions": ["campaign_id"]}, "dimensions"),
        ({"output_format": "PDF_DOWNLOAD"}, "output_format"),
        ({"file_name": "a/b"}, "file_name"),
        ({"report_type": "PLAYABLE_MATERIAL"}, "report_type"),
        (
            {"filtering": [condition("ad_status", "IN", ["STATUS_ALL"])]},
            "filtering.0.field_name",
        ),
        ({"start_date": "2026-01-01", "end_date": "2026-03-01"}, "end_date"),
    ],
)
def test_a_wrong_task_names_its_field(
    advertiser: Advertiser, changed: dict[str, Any], field: str
) -> None:
    code, message = advertiser.refused(REPORT_TASK_CREATE, **(parts(advertiser) | changed))
    assert (code, message.split(":")[0]) == (40002, field)
