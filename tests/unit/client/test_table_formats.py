"""Files of rows: the same rows are read back, in every format and for any number of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagedoor.client.collecting.formats import RowFormat, TableColumns, read, write
from stagedoor.platform.products.research import VIDEO_FIELDS, Video


@pytest.mark.parametrize("format_", RowFormat)
@pytest.mark.parametrize("number", [0, 1, 4_500])
def test_rows_come_back_as_they_were(tmp_path: Path, format_: RowFormat, number: int) -> None:
    """More rows than a part of a file holds, too."""
    table = TableColumns.of(Video, VIDEO_FIELDS)
    rows = [
        {
            "id": str(7_000_000_000_000_000_000 + at),
            "create_time": 1_790_000_000 - at,
            "video_description": ("=1", "'=1", "one\ntwo, \u96ea", "-")[at % 4],
            "view_count": at if at % 7 else 2**63 + at,
            "hashtag_names": ["a", "b"][: at % 3],
            "video_label": {"content": "x"} if at % 2 else {"content": "y", "type": 1},
            "is_stem_verified": at % 5 == 0,
            "newer": [{"a": at}],
        }
        for at in range(number)
    ]
    place = tmp_path / f"rows.{format_}"
    assert write(place, format_, table, iter(rows)) == number
    assert list(read(place, format_, table)) == rows
