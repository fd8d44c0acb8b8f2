"""Media: chunked uploads, downloads from URLs, and probes of the received files."""

from ...product import EmulatedProduct

PRODUCT = EmulatedProduct("media", timers=("media", "pull", "upload"), state=True)
