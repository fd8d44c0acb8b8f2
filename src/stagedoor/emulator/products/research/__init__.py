"""Research: queries over the public posts and people of the world."""

from ...product import Product

PRODUCT = Product("research", calls=("/v2/research/",), state=True)
