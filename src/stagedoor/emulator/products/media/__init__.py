"""Media on its way: uploads, downloads from URLs, and what the files are."""

from ...product import Product

PRODUCT = Product("media", timers=("media", "pull", "upload"), state=True)
