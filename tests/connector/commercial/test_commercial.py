"""Queries of the ad library, each a route of its own."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform import catalogue
from stagedoor.platform.operation import Resource
from tests.connector.conftest import Service
from tests.support.documented import whole_document
from tests.support.local import Local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAYS = {"min": "2022-10-02", "max": "2030-01-01"}


def ask(service: Service, query: str, **body: Any) -> Any:
    return service.api("POST", f"/api/commercial/{query}", body, role="viewer")


def test_each_query_gives_what_tiktok_has(service_without_worker: Service, local: Local) -> None:
    service = service_without_worker
    [ad, *_] = local.control("GET", "ads")["ads"]
    declared = [
        one for one in catalogue.operations().values() if one.resource is Resource.COMMERCIAL
    ]
    assert {f"/api/commercial/{one.public_name}" for one in declared} == {
        path for path in whole_document()["paths"] if path.startswith("/api/commercial")
    }
    filters = {"adPublishedDateRange": DAYS, "countryCode": "ALL"}
    page = ask(service, "ad-query", filters=filters, maxCount=2)
    assert len(page["ads"]) == 2
    assert page["ads"][0]["ad"]["id"]
    again = ask(service, "ad-query", filters=filters, maxCount=2, searchId=page["searchId"])
    assert {one["ad"]["id"] for one in page["ads"]}.isdisjoint(
        one["ad"]["id"] for one in again["ads"]
    )
    detail = ask(service, "ad-detail", adId=ad["id"])
    assert detail["ad"]["id"] == ad["id"]
    assert "18-24" in detail["adGroup"]["targetingInfo"]["age"]
    report = ask(service, "ad-report", filters=filters)["countTimeSeriesByCountry"]
    assert report
    assert all(code == code.upper() and len(code) == 2 for code in report)
    name = detail["advertiser"]["businessName"]
    found = ask(service, "advertiser-query", searchTerm=name)["advertisers"]
    assert name in {one["businessName"] for one in found}
    posts = ask(service, "content-query", filters={"contentPublishedDateRange": DAYS})
    assert posts["commercialContents"]
    assert len(local.calls("oauth.token_client")) == 1  # one token for all of them


def test_a_bad_query_is_named_by_its_path(service_without_worker: Service) -> None:
    body = {"filters": {"adPublishedDateRange": {"min": "2020-01-01", "max": "2026-01-01"}}}
    answer = service_without_worker.send("POST", "/api/commercial/ad-query", body)
    assert answer.status_code == 400
    [problem] = answer.json()["error"]["detail"]["problems"]
    assert problem["path"] == "filters.adPublishedDateRange"
    answer = service_without_worker.send("POST", "/api/commercial/ad-query", {})
    assert answer.json()["error"]["detail"]["problems"][0]["path"] == "filters"
