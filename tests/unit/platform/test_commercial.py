"""The ad library's requests: what breaks a documented rule isn't sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import TikTok, errors
from stagedoor.platform.products.commercial import (
    AD_COUNTRIES,
    CONTENT_COUNTRIES,
    AdDetailQuery,
    AdFilters,
    DateRange,
    SizeRange,
    size,
)
from stagedoor.platform.refusal import InvalidRequest

SPAN: dict[str, Any] = {"min": "20260801", "max": "20260831"}


@pytest.mark.parametrize(
    ("text", "people"), [("0K", 0), ("120K", 120_000), ("2M", 2_000_000), ("1B", 10**9)]
)
def test_a_size_is_a_number_of_people(text: str, people: int) -> None:
    assert SizeRange(min=text).min == text
    assert size(text) == people


@pytest.mark.parametrize("text", ["2000K", "1.1M", "1B2M", "12", "k", "01K", "-1K", "1k", "", 5])
def test_another_size_is_refused(text: Any) -> None:
    with pytest.raises(InvalidRequest, match="whole number"):
        SizeRange(min=text)


@given(day=st.dates(date(2022, 10, 2), date(2100, 1, 1)))
def test_a_day_may_be_written_in_four_ways(day: date) -> None:
    text = day.strftime("%Y%m%d")
    for written in (day, text, int(text), day.isoformat()):
        assert DateRange(min=written, max=written).min == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "day", ["20260230", "2026-02-30", "2026-8-1", "260801", 20261301, True, None, 1.5]
)
def test_another_day_is_refused(day: Any) -> None:
    with pytest.raises(InvalidRequest, match=r"min .*(day|date)"):
        DateRange(min=day, max="20270101")


def test_the_countries_are_those_of_the_docs() -> None:
    assert (len(set(AD_COUNTRIES)), len(set(CONTENT_COUNTRIES))) == (32, 30)
    assert set(AD_COUNTRIES) - set(CONTENT_COUNTRIES) == {"GB", "CH"}


@pytest.mark.parametrize("ad_id", ["", "x", "-1", "٧", "9223372036854775808", True, 1.0])
def test_an_ad_s_id_is_a_whole_number_that_fits(ad_id: Any) -> None:
    with pytest.raises(InvalidRequest):
        AdDetailQuery(ad_id=ad_id)


def test_an_id_travels_as_the_exact_number() -> None:
    asked = AdDetailQuery(ad_id="1841000000000000001")
    assert asked.model_dump(mode="json")["ad_id"] == 1841000000000000001


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"filters": {}}, "filters.ad_published_date_range"),
        ({"filters": {"ad_published_date_range": SPAN, "country_code": "US"}}, "country_code"),
        (
            {"filters": {"ad_published_date_range": SPAN, "country_code_list": ["FR", "US"]}},
            "country_code_list",
        ),
        ({"filters": {"ad_published_date_range": SPAN}, "search_term": "x" * 51}, "search_term"),
        ({"filters": {"ad_published_date_range": SPAN}, "search_type": "regex"}, "search_type"),
        ({"filters": {"ad_published_date_range": SPAN}, "fields": ("ad",)}, "fields"),
    ],
)
def test_a_wrong_search_is_refused_by_name_and_nothing_is_sent(
    values: dict[str, Any], path: str
) -> None:
    with TikTok("key", "secret") as tiktok, pytest.raises(errors.InvalidRequest, match=path):
        tiktok.commercial.query_ads(**values)


def test_everywhere_is_a_country_too() -> None:
    span = DateRange(**SPAN)
    assert AdFilters(ad_published_date_range=span, country_code="ALL").country_code == "ALL"
