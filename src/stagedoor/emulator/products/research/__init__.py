"""Research: queries over the public posts and people of the world."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct("research", calls=("/v2/research/",), state=True)
