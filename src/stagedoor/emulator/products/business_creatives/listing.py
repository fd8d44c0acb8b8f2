"""Pages of videos and images, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from stagedoor.platform.products.business.common import PageInfo
from stagedoor.platform.products.business_creatives import ImageFilter, VideoFilter

from ...world.collection import IndexGroup
from ..business.paging import page_info
from .state import AdImage, AdVideo

F = TypeVar("F", AdVideo, AdImage)

DEFAULT_SIZE = 20
_RATIO_SLACK = 0.05
OWN_SOURCE = "UPLOADED_TO_TIKTOK_ADS_MANAGER"


def page(
    found: IndexGroup[F] | Sequence[F],
    matches: Callable[[F], bool] | None,
    number: int | None,
    size: int | None,
) -> tuple[list[F], PageInfo]:
    """A page of the files that match; without `matches`, only the page's files are touched."""
    number, size = number or 1, size or DEFAULT_SIZE
    rows: Sequence[F] = found if matches is None else [one for one in found if matches(one)]
    end = len(rows) - (number - 1) * size
    start = max(0, end - size)
    picked = list(reversed(rows[start:end])) if end > 0 else []
    return picked, page_info(len(rows), number, size)


def picked(
    by_id: Callable[[str], F | None],
    by_material: Callable[[str], Iterable[F]],
    ids: tuple[str, ...] | None,
    materials: tuple[str, ...] | None,
) -> list[F] | None:
    """The files with these ids, of these materials, the oldest first; None: neither is asked."""
    if ids is None and materials is None:
        return None
    found: dict[str, F] = {}
    if ids is not None:
        found = {one: file for one in ids if (file := by_id(one)) is not None}
        if materials is not None:
            found = {n: one for n, one in found.items() if one.material_id in materials}
    else:
        found = {one.id: one for name in materials or () for one in by_material(name)}
    return sorted(found.values(), key=lambda one: one.created)


def of_shape(file: AdVideo | AdImage, asked: VideoFilter | ImageFilter) -> bool:
    """Whether width, height and ratio are those that were asked for."""
    if asked.width is not None and file.width != asked.width:
        return False
    if asked.height is not None and file.height != asked.height:
        return False
    if asked.ratio is None:
        return True
    ratio = file.width / file.height if file.height else 0.0
    return any(abs(ratio - one) <= _RATIO_SLACK for one in asked.ratio)
