"""Walks that are derived from their operations: each goes through the pages of the emulator."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args, get_origin

import httpx2
import pytest
from pydantic import BaseModel

from stagedoor import Hosts, TikTokBusiness, Tokens
from stagedoor.client.service import Walk
from stagedoor.platform.operation import Subject
from stagedoor.platform.paging import items_of
from stagedoor.testing import TikTokEmulator
from tests.examples import Seeded, values_of
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET
from tests.support.surface import services

NAMES = [
    (product, name)
    for product, service in services(TikTokBusiness("1", "secret")).items()
    for name, method in vars(type(service)).items()
    if isinstance(method, Walk)
]
ALSO = {"fields", "order_ids"}
"""Parameters that go with the required ones."""
Found = Callable[[Subject], TikTokBusiness]


@pytest.fixture
def client(tiktok_emulator_server: TikTokEmulator) -> Iterator[Found]:
    """Clients with a token of an ad account and of an account holder."""
    url = tiktok_emulator_server.url
    httpx2.patch(f"{url}/_emulator/settings", json={"rate_limits": False})
    # links to pictures expire at a time that moves with the clock
    httpx2.post(f"{url}/_emulator/clock", json={"freeze": True})
    issued = httpx2.post(f"{url}/_emulator/business/tokens", json={}).json()
    held = httpx2.post(f"{url}/_emulator/tokens", json={"client_key": APP_ID}).json()
    hosts = Hosts.at(url)
    tokens = Tokens(access_token=held["access_token"], open_id=held["open_id"])
    with (
        TikTokBusiness(
            APP_ID, APP_SECRET, access_token=issued["access_token"], hosts=hosts
        ) as advertiser,
        TikTokBusiness(APP_ID, APP_SECRET, tokens=tokens, hosts=hosts) as holder,
    ):
        own = advertiser.for_advertiser(ADVERTISER_ID)
        yield lambda subject: holder if subject is Subject.ACCOUNT_HOLDER else own


def plain(item: Any) -> Any:
    """An item, as it can be compared: some are ids."""
    return item.model_dump() if isinstance(item, BaseModel) else item


def test_each_walk_gives_the_items_of_its_pages(
    client: Found, tiktok_emulator_server: TikTokEmulator, subtests: pytest.Subtests
) -> None:
    assert len(NAMES) >= 14
    seeded = Seeded(tiktok_emulator_server.world)
    several: list[str] = []
    for product, name in NAMES:
        with subtests.test(f"{product}.{name}"):
            declared: Walk[..., Any] = vars(type(services(client(Subject.APP))[product]))[name]
            (operation,) = declared.operations
            paging = operation.paging
            assert paging is not None
            tiktok = client(operation.subject)
            walk = getattr(getattr(tiktok, product), name)
            taken = inspect.signature(walk).parameters
            needed = {one.name for one in taken.values() if one.default is one.empty} | ALSO
            given = values_of(operation, seeded).items()
            values = {one: value for one, value in given if one in needed & taken.keys()}
            page = tiktok.call(operation, **(values | {paging.size: 2}))
            wanted = [plain(item) for item in items_of(paging, page)][:2]
            found = [plain(item) for item in walk(**values, page_size=1, limit=2)]
            several += [name] * (len(found) > 1)
            assert found == wanted
            item = get_args(operation.response.model_fields[paging.items].annotation)[0]
            item = get_args(item)[0] if get_origin(item) is Annotated else item
            assert item is get_args(inspect.signature(walk).return_annotation)[0]
    assert len(several) >= 3, f"only {several} went on to a second page"
