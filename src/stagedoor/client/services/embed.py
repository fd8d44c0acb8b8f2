"""oEmbed."""

from __future__ import annotations

from stagedoor.platform.products import embed

from ..service import Call, M, Service


class Embeds(Service[M]):
    """Public embedding, without any token."""

    video = Call(embed.OEMBED_VIDEO)
    profile = Call(embed.OEMBED_PROFILE)
