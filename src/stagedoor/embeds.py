"""HTML that embeds TikTok content in your own page; see `stagedoor.client.embeds`."""

from .client.embeds import *  # noqa: F403
from .client.embeds import __all__ as __all__
