"""Reading the rows of a CSV file of posts. No I/O.

Rows are numbered as a spreadsheet does: the header is row 1.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from pydantic import ValidationError

from stagedoor.platform.counting import counted
from stagedoor.platform.local_times import moment, zone
from stagedoor.platform.model import problems_of

from ..errors import InvalidInput, unfit
from .posts import Mode, PostKind
from .schemas import InitVideoUpload, PublishPhotos

MAX_ROWS = 500
_NAMED = 100
"""Problems that an error lists; it says how many more there are."""
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_BOOLEANS = (
    "disableComment",
    "disableDuet",
    "disableStitch",
    "brandContent",
    "brandOrganic",
    "isAigc",
    "autoAddMusic",
)
_NUMBERS = ("cover", "coverTimestampMs")
_TEXTS = ("title", "caption", "privacyLevel", "mode", "videoUrl", "mediaId")
_LISTS = {"photoUrls": "urls", "photoMediaIds": "uploads"}
_OWN = ("key", "account", "publishAt", "timeZone")
COLUMNS = (*_OWN, *_TEXTS, *_LISTS, *_NUMBERS, *_BOOLEANS)
_OF_PHOTOS = frozenset({"cover", "autoAddMusic", *_LISTS})


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row can't be scheduled; `column` empty: the row as a whole."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A row that fits: a post to schedule. `publish_at` in Unix seconds."""

    number: int
    key: str
    digest: str
    account: str | None
    """An integration's id or a handle; None: the request's, or the only account."""
    kind: PostKind
    mode: Mode
    title: str
    values: Mapping[str, Any]
    uploads: tuple[str, ...]
    publish_at: float


@dataclass(slots=True)
class Sheet:
    """The rows of a file that fit, and the problems of the others."""

    rows: list[BulkRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    warnings: dict[int, list[str]] = field(default_factory=dict)
    """By the numbers of rows."""


class CsvRefused(InvalidInput):
    """Rows can't be scheduled; `detail.problems` names row, column and reason. Nothing was
    scheduled."""

    code = "csv_refused"

    def __init__(self, problems: list[RowProblem]) -> None:
        first = problems[0]
        where = f"row {first.row}" + (f", {first.column}" if first.column else "")
        others = counted(len(problems) - 1, "problem", between="more ")
        more = f" ({others})" if len(problems) > 1 else ""
        super().__init__(
            f"{where}: {first.reason}{more}. Nothing was scheduled.",
            detail={
                "problems": [
                    {"row": one.row, "path": one.column, "reason": one.reason}
                    for one in problems[:_NAMED]
                ],
                "more": max(0, len(problems) - _NAMED),
            },
        )


def read(text: str, default_zone: tzinfo | None) -> Sheet:
    """Read a file. Raises `InvalidInput` where it isn't a table of posts at all."""
    lines = _table(text.removeprefix("\ufeff"))
    if not lines:
        raise unfit("csv", "is empty: its first row names the columns")
    names = [name.strip() for name in lines[0]]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or len(set(names)) != len(names):
        wrong = f"there is no column {unknown[0]!r}" if unknown else "a column is there twice"
        raise unfit("csv", f"{wrong}; the columns are {', '.join(COLUMNS)}")
    if len(lines) - 1 > MAX_ROWS:
        raise unfit("csv", f"has {len(lines) - 1} rows, and {MAX_ROWS} are taken at once")
    sheet, seen = Sheet(), dict[str, int]()
    for number, cells in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            sheet.problems.append(RowProblem(number, "", "has more cells than there are columns"))
            continue
        given = {
            name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()
        }
        row = _row(number, given, default_zone, sheet.problems)
        if row is None:
            continue
        if (before := seen.setdefault(row.key, number)) != number:
            why = f"is the same as row {before}: give each row its own key"
            sheet.problems.append(RowProblem(number, "key" if "key" in given else "", why))
            continue
        sheet.rows.append(row)
    if not sheet.rows and not sheet.problems:
        raise unfit("csv", "has no rows beneath the names of its columns")
    return sheet


def _table(text: str) -> list[list[str]]:
    head = text.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise unfit("csv", f"can't be read as CSV: {error}") from None


def _row(
    number: int, given: Mapping[str, str], default_zone: tzinfo | None, problems: list[RowProblem]
) -> BulkRow | None:
    found: list[RowProblem] = []

    def wrong(column: str, reason: str) -> None:
        if all(one.column != column for one in found):
            found.append(RowProblem(number, column, reason))

    publish_at, column = None, "timeZone"
    try:
        local = zone(given["timeZone"]) if "timeZone" in given else default_zone
        column = "publishAt"
        publish_at = _moment(given.get("publishAt", ""), local)
    except ValueError as error:
        wrong(column, str(error))
    photos = any(name in given for name in _LISTS)
    body = _body(given, photos, wrong)
    content: Mapping[str, Any] = {}
    request: InitVideoUpload | PublishPhotos | None = None
    try:
        request = (PublishPhotos if photos else InitVideoUpload).model_validate(body)
        content = request.content()
    except ValidationError as error:
        for path, why in problems_of(error):
            wrong(column_of(path), why)
    except InvalidInput as error:
        for one in error.detail["problems"]:
            wrong(str(one["path"]), str(one["reason"]))
    if not photos and not {"videoUrl", "mediaId"} & set(given):
        wrong("", "names no media: give videoUrl, mediaId, photoUrls or photoMediaIds")
    if found or request is None or publish_at is None:
        problems += found
        return None
    if isinstance(request, PublishPhotos):
        uploads = tuple(request.uploads)
    else:
        uploads = () if request.media_id is None else (request.media_id,)
    digest = _digest({**given, "publishAt": publish_at})
    return BulkRow(
        number,
        given.get("key", digest),
        digest,
        given.get("account"),
        PostKind.PHOTOS if photos else PostKind.VIDEO,
        request.mode,
        request.title,
        content,
        uploads,
        publish_at,
    )


def _body(given: Mapping[str, str], photos: bool, wrong: Any) -> dict[str, Any]:
    """The row as a request of its kind, with JSON's types."""
    body: dict[str, Any] = {}
    for name, cell in given.items():
        if name in _OWN:
            continue
        if not photos and name in _OF_PHOTOS:
            wrong(name, "is for photos")
        elif name in _LISTS:
            body[_LISTS[name]] = cell.split()
        elif name in _BOOLEANS:
            if cell.lower() not in _TRUE | _FALSE:
                wrong(name, "should be true or false")
            else:
                body[name] = cell.lower() in _TRUE
        elif name in _NUMBERS:
            if not (cell.isascii() and cell.isdigit() and len(cell) < 12):
                wrong(name, "should be a whole number")
            else:
                body[name] = int(cell)
        else:
            body[name] = cell
    return body


def column_of(path: str) -> str:
    """The column of a field of the request."""
    name = path.partition(".")[0]
    back = {field: column for column, field in _LISTS.items()}
    return back.get(name, name)


def _moment(text: str, local: tzinfo | None) -> float:
    """Raises `ValueError` for a text that names no single moment."""
    if not text:
        raise ValueError("is missing: when is the post to go out?")
    return moment(text, local)


def _digest(given: Mapping[str, Any]) -> str:
    own = {name: value for name, value in given.items() if name not in ("key", "timeZone")}
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:32]
