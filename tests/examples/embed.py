"""Examples of embeds."""

from __future__ import annotations

from stagedoor.platform.products import embed
from stagedoor.platform.products.embed import PlayerParams

from .example import Example
from .strategies import FLAG, TEXT, fields, maybe

_OEMBED = fields(url=TEXT, format=maybe(TEXT))

EXAMPLES = (
    Example(
        embed.OEMBED_VIDEO,
        request=lambda seeded: {
            "url": f"https://www.tiktok.com/@{seeded.creator}/video/{seeded.oldest_video}"
        },
        drawn=_OEMBED,
    ),
    Example(
        embed.OEMBED_PROFILE,
        request=lambda seeded: {"url": f"https://www.tiktok.com/@{seeded.creator}"},
        drawn=_OEMBED,
    ),
    Example(embed.PLAYER, drawn=fields(**{name: FLAG for name in PlayerParams.model_fields})),
    Example(embed.LIVE, drawn=fields(embed_domain=TEXT, autoplay=FLAG, muted=FLAG, controls=FLAG)),
    Example(embed.LEGACY_FRAME, drawn=fields(lang=maybe(TEXT))),
)
