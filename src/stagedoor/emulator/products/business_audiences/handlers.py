"""The operations of custom audiences."""

from __future__ import annotations

from ...calls import Handlers
from . import audiences, derived, files, sharing, streaming, uses

HANDLERS: Handlers = {
    **audiences.HANDLERS,
    **derived.HANDLERS,
    **files.HANDLERS,
    **sharing.HANDLERS,
    **streaming.HANDLERS,
    **uses.HANDLERS,
}
