"""Media: chunked uploads, downloads from URLs, and probes of the received files."""

from ...product import Product

PRODUCT = Product("media", timers=("media", "pull", "upload"), state=True)
