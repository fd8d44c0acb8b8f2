"""An emulator that is stopped and started again goes on with what was under way."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import httpx2

from stagedoor.emulator import Emulator, state
from tests.support import media
from tests.support.poster import PUBLIC_CREATOR, READY, file_source, post_info
from tests.support.site import Site

BASE = "http://emulator"


def over(emulator: Emulator) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(emulator.asgi), base_url=BASE)


async def control(http: httpx2.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    answer = await http.request(method, f"/_emulator/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


def test_posts_uploads_and_deliveries_go_on_after_a_restart(tmp_path: Path, site: Site) -> None:
    file, data = tmp_path / "state.json", media.video()

    async def first() -> tuple[str, str, str]:
        emulator = Emulator()
        async with emulator, over(emulator) as http:
            await control(http, "POST", "clock", {"freeze": True})
            order = {"webhook_url": "http://127.0.0.1:9/hook"}
            await control(http, "PATCH", f"apps/{READY}", order)
            issued = await control(http, "POST", "tokens", {"client_key": READY})
            auth = {"Authorization": f"Bearer {issued['access_token']}"}
            ids, urls = [], []
            for _ in range(2):
                body = {"post_info": post_info(), "source_info": file_source(len(data))}
                answer = await http.post("/v2/post/publish/video/init/", json=body, headers=auth)
                ids.append(answer.json()["data"]["publish_id"])
                urls.append(answer.json()["data"]["upload_url"])
            whole = {
                "Content-Type": "video/mp4",
                "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}",
            }
            assert (await http.put(urls[0], content=data, headers=whole)).status_code == 201
            await control(http, "POST", "clock", {"advance": 0})
            pinged = await control(http, "POST", f"apps/{READY}/ping")
            assert pinged["state"] == "waiting"
            for delivery in emulator.world.all.deliveries.values():
                delivery.url = site.url
            state.save(emulator.world, file)
        emulator.close()
        return ids[0], ids[1], urls[1]

    async def second(checked: str, open_id: str, address: str) -> None:
        emulator = Emulator()
        state.load(emulator.world, file)
        emulator.adopt()
        async with emulator, over(emulator) as http:
            await control(http, "POST", "clock", {"freeze": True})
            whole = {
                "Content-Type": "video/mp4",
                "Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}",
            }
            assert (await http.put(address, content=data, headers=whole)).status_code == 201
            await control(http, "POST", "clock", {"advance": 300})
            # Its bytes died with the first run, but it had been looked at by then.
            early = await control(http, "GET", f"publishes/{checked}")
            assert early["status"] == "PUBLISH_COMPLETE"
            done = await control(http, "GET", f"publishes/{open_id}")
            assert done["status"] == "PUBLISH_COMPLETE"
            assert done["digest"] == hashlib.sha256(data).hexdigest()
            assert done["videos"][0]["public"]
            (ping,) = (await control(http, "GET", "deliveries?event=tiktok.ping"))["deliveries"]
            assert ping["state"] == "delivered"
            posts = (await control(http, "GET", f"phone/{PUBLIC_CREATOR}"))["posts"]
            assert {post["publish_id"] for post in posts[:2]} == {checked, open_id}
        emulator.close()

    asyncio.run(second(*asyncio.run(first())))
