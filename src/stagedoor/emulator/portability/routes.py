"""Data Portability's declared operations and what answers them."""

from __future__ import annotations

from stagedoor.platform.products import portability

from ..calls import Handlers
from . import service

HANDLERS: Handlers = {
    portability.DATA_ADD: service.add,
    portability.DATA_CHECK: service.check,
    portability.DATA_CANCEL: service.cancel,
    portability.DATA_DOWNLOAD: service.download,
}
