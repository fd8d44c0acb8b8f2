"""Webhooks: the envelope, the events under their old and new names, payloads (`webhooks.yaml`).

`content` is JSON text inside a JSON string. TikTok sends no event id and no sequence number;
deliveries may be repeated, for up to 72 hours.
"""

from .events import *
from .models import *
