"""Data Portability."""

from __future__ import annotations

from stagedoor.platform.products import portability as platform

from .. import portability
from ..service import Call, M, Service, Steps

_EXPORT = (platform.DATA_ADD, platform.DATA_CHECK, platform.DATA_DOWNLOAD)


class Portability(Service[M]):
    """A copy of the connected person's data, from the EEA and the UK.

    `export` does all the steps. Read the downloaded archive with `stagedoor.read_archive`.
    """

    request = Call(platform.DATA_ADD)
    status = Call(platform.DATA_CHECK)
    cancel = Call(platform.DATA_CANCEL)

    download = Steps(portability.download, performs=platform.DATA_DOWNLOAD)
    wait_for = Steps(portability.wait_for, platform.DATA_CHECK)
    export = Steps(portability.export, *_EXPORT)
