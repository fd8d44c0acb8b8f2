"""The jobs of events: sending them, and deleting old deliveries."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler
from .deliver import Deliver
from .events import DELIVER, TIDY


def handlers(deliver: Deliver) -> Mapping[str, Handler]:
    return {DELIVER: deliver.run, TIDY: deliver.tidy}
