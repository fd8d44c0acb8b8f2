"""Webhooks: the envelope, every event under its old and new name, payloads (`webhooks.yaml`).

`content` is JSON text inside a JSON string. TikTok sends no event id and no order; deliveries
repeat, for up to 72 hours.
"""

from .events import *
from .models import *
