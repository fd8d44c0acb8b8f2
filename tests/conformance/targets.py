"""The target of a run: the emulator in this process, or real TikTok."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2

from stagedoor import Hosts
from stagedoor.client.transport import opened
from stagedoor.emulator import Emulator
from stagedoor.platform.scopes import Scope
from stagedoor.testing import in_process
from tests.examples import Seeded, begin
from tests.examples.business import APP_ID, APP_SECRET
from tests.support.advertiser import is_just_before_midnight
from tests.support.local import KEY, SECRET

from .credentials import Credentials
from .suite import Suite

_SECONDS = 60


@contextmanager
def emulated() -> Iterator[Suite]:
    """The emulator in this process: every operation is reached, and may write."""
    with in_process() as tiktok:
        tiktok.settings(rate_limits=False, export_seconds=0, validation_seconds=0)
        scopes = tiktok.tokens.issue().scopes
        user = tiktok.tokens.issue(scopes=[*scopes, Scope.PORTABILITY_ALL_ONGOING]).access_token
        with httpx2.Client(base_url=tiktok.url, transport=tiktok.transport) as http:
            grant = {"client_key": KEY, "client_secret": SECRET, "grant_type": "client_credentials"}
            own = http.post("/v2/oauth/token/", data=grant).json()["access_token"]
            begun = begin(
                http, {"Authorization": f"Bearer {user}"}, {"Authorization": f"Bearer {own}"}
            )
            tiktok.clock.advance(seconds=900 if is_just_before_midnight(tiktok.world) else 1)
            credentials = Credentials(
                client_key=KEY,
                client_secret=SECRET,
                creator_token=user,
                app_id=APP_ID,
                app_secret=APP_SECRET,
                advertiser_token=tiktok.tokens.issue_for_ads().access_token,
                account_token=tiktok.tokens.issue(client_key=APP_ID).access_token,
            )
            yield Suite(
                http,
                Hosts.at(tiktok.url),
                credentials,
                Seeded(tiktok.world, begun),
                is_real=False,
                may_write=True,
                transport=tiktok.transport,
            )


@contextmanager
def real(
    hosts: Hosts,
    environment: Mapping[str, str],
    *,
    may_write: bool,
    transport: httpx2.BaseTransport | None = None,
) -> Iterator[Suite]:
    """TikTok at these addresses, with the credentials of the environment. The examples are of a
    world of the emulator that nobody asks."""
    template = Emulator()
    try:
        with opened(httpx2.Client, _SECONDS, transport) as http:
            yield Suite(
                http,
                hosts,
                Credentials.from_environment(environment),
                Seeded(template.world),
                is_real=True,
                may_write=may_write,
                environment=environment,
                transport=transport,
            )
    finally:
        template.close()
