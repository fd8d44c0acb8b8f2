"""Markup that shows TikTok on a page of one's own, see `stagedoor.client.embeds`."""

from .client.embeds import *  # noqa: F403
from .client.embeds import __all__ as __all__
