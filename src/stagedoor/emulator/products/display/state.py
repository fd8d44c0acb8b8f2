"""The cache of rendered videos."""

from __future__ import annotations

from collections.abc import Hashable

from ...world.collection import Value

Rendered = dict[Hashable, dict[str, tuple[int, int, bytes]]]

RENDERED = Value("rendered", Rendered, dict, saved=False)
"""By view and video id: the version, the second and the JSON of the cached rendering."""
