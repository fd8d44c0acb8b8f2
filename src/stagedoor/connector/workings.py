"""Every kind of job with its handler, whichever domain it is of."""

from __future__ import annotations

from collections.abc import Mapping

from .health import TOLD
from .jobs import Handler, Many, Turn
from .services import Services


def needing_media() -> frozenset[str]:
    """Kinds of jobs that read or delete files of the media store."""
    from .media.service import KIND
    from .publishing.moves import PUBLISH

    return frozenset({KIND, PUBLISH})


def handlers(services: Services) -> Mapping[str, Handler | Many]:
    """Kind -> handler, for the worker of this process."""
    from .integrations import jobs as integrations
    from .media import jobs as media
    from .publishing import jobs as publishing
    from .tenants import jobs as tenants
    from .webhooks import jobs as webhooks

    return {
        # a day after a notice the next one may go out: nothing else is to be done
        TOLD: lambda _: Turn.DONE,
        **{
            kind: handler
            for domain in (integrations, media, publishing, tenants, webhooks)
            for kind, handler in domain.handlers(services).items()
        },
    }
