"""Requests and answers of the Data Portability API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...bounds import MAX_LISTED, AtMost
from ...model import (
    IN_BOTH,
    OPEN,
    REQUIRED_IN_QUERY,
    Answer,
    Id,
    IntId,
    Names,
    Request,
    fields_of,
    says,
)
from ...scopes import Scope
from ...vocabulary import Category as Category
from ...vocabulary import DataFormat as DataFormat
from ...vocabulary import ExportStatus as ExportStatus

_ALL = (Scope.PORTABILITY_ALL_SINGLE, Scope.PORTABILITY_ALL_ONGOING)
_POSTS = (Scope.PORTABILITY_POSTS_SINGLE, Scope.PORTABILITY_POSTS_ONGOING)

CATEGORY_SCOPES: dict[str, tuple[str, ...]] = {
    Category.ALL_DATA: _ALL,
    Category.VIDEO: (*_POSTS, *_ALL),
    Category.PROFILE: (*_POSTS, *_ALL),
    Category.ACTIVITY: (
        Scope.PORTABILITY_ACTIVITY_SINGLE,
        Scope.PORTABILITY_ACTIVITY_ONGOING,
        *_ALL,
    ),
    Category.DIRECT_MESSAGE: (
        Scope.PORTABILITY_MESSAGES_SINGLE,
        Scope.PORTABILITY_MESSAGES_ONGOING,
        *_ALL,
    ),
}
"""Each category with its scopes; any one of them is enough."""

SPENT_FIRST = Scope.PORTABILITY_ALL_SINGLE
"""Consumed before other single-use scopes, and alone (`portability.yaml` scope_consumption)."""

STATUS_FIELDS = (
    "request_id",
    "apply_time",
    "collect_time",
    "status",
    "data_format",
    "category_selection_list",
)
EXPIRY_SECONDS = 345_600
"""The time for which a finished archive can be downloaded."""

_COUNTRIES = (
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE GB"
)
REGIONS = frozenset(_COUNTRIES.split(" "))
"""Countries whose people can export data: the European Economic Area and the United Kingdom."""

ZIP_TYPE = "application/zip"
"""Not documented; assumed (`portability.yaml` data_download)."""


class ExportRequest(Request):
    """What to collect."""

    fields: Annotated[
        Names, fields_of(("request_id",)), REQUIRED_IN_QUERY, says("what to read of the answer")
    ] = ("request_id",)
    data_format: Annotated[DataFormat, says("JSON for programs, text for people")]
    category_selection_list: Annotated[
        tuple[Category, ...],
        Field(min_length=1),
        AtMost(MAX_LISTED),
        says(
            "which data; each category needs one of its scopes, and `all_data` overrides the others"
        ),
    ]


class ExportQuery(Request):
    """Which request, and what to know of it."""

    fields: Annotated[
        Names,
        fields_of(STATUS_FIELDS),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = STATUS_FIELDS
    request_id: Annotated[IntId, says("the id that `request` gave")]


class ExportCancel(Request):
    """The table wants the id in the query, the sample has it in the body: it is sent in both."""

    request_id: Annotated[IntId, IN_BOTH, says("the id that `request` gave")]


class ExportDownload(Request):
    """Which archive."""

    request_id: Annotated[IntId, says("the id that `request` gave")]


class Requested(Answer):
    """A new request for data. All other calls take its `request_id`."""

    request_id: Id


class ExportState(Answer):
    """The state of a request for data; only requested fields are set."""

    request_id: Id | None = None
    apply_time: Annotated[int | None, says("when it was asked for, in Unix seconds")] = None
    collect_time: Annotated[int | None, says("when the data were collected, in Unix seconds")] = (
        None
    )
    status: Annotated[ExportStatus | str | None, OPEN] = None
    data_format: Annotated[DataFormat | str | None, OPEN] = None
    category_selection_list: tuple[Annotated[Category | str, OPEN], ...] = ()
