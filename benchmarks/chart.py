"""The rows as bars: how much of what its target allows each one uses."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .row import Row

_NAMES, _SCALE, _LINE = 260, 360, 26
_MOST = 1.5
"""Bars end here: beyond it only the number tells how far."""
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
    'font-family="system-ui, sans-serif" font-size="13">\n'
    '<rect width="100%" height="100%" fill="#fff"/>\n'
)
_BAR = (
    '<text x="{right}" y="{middle}" text-anchor="end">{name}</text>\n'
    '<rect x="{left}" y="{top}" width="{long}" height="16" rx="2" fill="{colour}"/>\n'
    '<text x="{after}" y="{middle}" fill="#555">{text}</text>\n'
)
_TARGET = '<path d="M{x} 24V{bottom}" stroke="#222" stroke-dasharray="4 3"/>\n'
_TITLE = '<text x="{x}" y="16" text-anchor="middle">target</text>\n'


def chart(rows: Sequence[Row]) -> str:
    """An SVG with one bar for each row that has a target. Shorter is better."""
    # A row whose target is 0 has no share of it to show.
    shown = [(row, row.used) for row in rows if row.target]
    bottom = 30 + _LINE * len(shown)
    left = _NAMES + 10
    parts = [_HEAD.format(width=left + int(_SCALE * _MOST) + 190, height=bottom + 10)]
    for index, (row, used) in enumerate(shown):
        top = 30 + _LINE * index
        long = round(_SCALE * min(used or 0, _MOST))
        parts.append(
            _BAR.format(
                right=_NAMES,
                left=left,
                long=long,
                after=left + max(long, _SCALE) + 10,
                top=top,
                middle=top + 13,
                colour="#2b8a3e" if row.ok else "#c92a2a",
                name=escape(row.name),
                text=escape(f"{row.shown}, {row.wanted}"),
            )
        )
    parts += [_TARGET.format(x=left + _SCALE, bottom=bottom), _TITLE.format(x=left + _SCALE)]
    return "".join(parts) + "</svg>\n"
