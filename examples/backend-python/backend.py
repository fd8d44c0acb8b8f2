"""The backend of a small SaaS whose customers post to TikTok and answer comments, by Stagedoor.

    pip install 'stagedoor[server]'
    export STAGEDOOR_JWT_SECRET=$(openssl rand -hex 32) STAGEDOOR_FETCH_PRIVATE=1
    stagedoor up &
    CUSTOMERS='{"acme": "a-long-random-key"}' python examples/backend-python/backend.py

Each customer of the SaaS is an organisation of Stagedoor. Browsers speak to this backend alone:
the secret that signs Stagedoor's tokens, and the tokens, stay here.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from html import escape
from pathlib import Path
from typing import Annotated, Any

import httpx2
import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from standardwebhooks import Webhook, WebhookVerificationError

STAGEDOOR = os.environ.get("STAGEDOOR_URL", "http://127.0.0.1:8700")
SECRET = os.environ["STAGEDOOR_JWT_SECRET"]
PORT = int(os.environ.get("PORT", "3000"))
APP_URL = os.environ.get("APP_URL", f"http://127.0.0.1:{PORT}")
"""Where browsers and Stagedoor's webhooks reach this backend."""
CUSTOMERS: dict[str, str] = json.loads(os.environ["CUSTOMERS"])
"""Customers and their keys. Your own users and sessions take this place."""
DATABASE = Path(os.environ.get("DATA", ".")) / "backend.db"
EVENTS = ["post.*", "comment.received", "integration.*"]
MAX_EVENT = 1 << 20
ATTEMPTS = 3


# -- Stagedoor's API


class StagedoorError(Exception):
    """An error as the API gives it: `code` for programs, `message` for people."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        self.status = status
        self.code: str = error["code"]
        self.message: str = error["message"]
        self.retryable: bool = error.get("retryable", False)
        self.retry_after: float | None = error.get("retryAfter")
        super().__init__(f"{self.code}: {self.message}")


def token(org: str, role: str, user: str = "owner") -> str:
    """A JWT for one organisation, valid for a minute. `user` is the person whom the audit names."""
    claims = {"orgid": org, "sub": user, "role": role, "exp": int(time.time()) + 60}
    return jwt.encode(claims, SECRET, algorithm="HS256")


class Stagedoor:
    """Calls the API for one organisation."""

    def __init__(self, http: httpx2.AsyncClient, org: str) -> None:
        self._http, self._org = http, org

    async def call(
        self,
        method: str,
        path: str,
        role: str,
        body: Any = None,
        *,
        key: str | None = None,
        **q: Any,
    ) -> Any:
        """The answer. What can be repeated without a second effect is tried three times: reads, and
        writes with an Idempotency-Key, where the API says that trying again is of use."""
        headers = {"orgid": self._org} | ({"idempotency-key": key} if key else {})
        repeatable = key is not None or method != "POST"
        for attempt in range(1, ATTEMPTS + 1):
            headers["authorization"] = f"Bearer {token(self._org, role)}"
            try:
                answer = await self._http.request(
                    method, STAGEDOOR + path, json=body, params=q, headers=headers
                )
                if answer.is_success:
                    return answer.json() if answer.content else None
                error = refusal(answer)
            except httpx2.TransportError as lost:
                error = unreachable(lost)
            wait = error.retry_after or 0.5 * attempt
            if not (repeatable and error.retryable) or attempt == ATTEMPTS or wait > 5:
                raise error
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def provider(self, operation: str, role: str, body: Any, key: str | None = None) -> Any:
        path = f"/api/upstream/call/tiktok-provider/{operation}"
        return await self.call("POST", path, role, body, key=key)


def refusal(answer: httpx2.Response) -> StagedoorError:
    try:
        return StagedoorError(answer.status_code, answer.json()["error"])
    except (ValueError, KeyError, TypeError):  # a proxy in between answered
        message = f"Stagedoor answered HTTP {answer.status_code}."
        retryable = answer.status_code in (502, 503, 504)
        error = {"code": "bad_gateway", "message": message, "retryable": retryable}
        return StagedoorError(502, error)


def unreachable(lost: Exception) -> StagedoorError:
    message = f"Stagedoor isn't reached ({type(lost).__name__})."
    return StagedoorError(
        502, {"code": "stagedoor_unreachable", "message": message, "retryable": True}
    )


# -- What the backend keeps


def stored(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement in a transaction of its own, and return its rows."""
    with closing(sqlite3.connect(DATABASE)) as database, database:
        return database.execute(sql, values).fetchall()


def create_tables() -> None:
    DATABASE.touch(mode=0o600)
    stored("CREATE TABLE IF NOT EXISTS webhooks (org TEXT PRIMARY KEY, secret TEXT NOT NULL)")
    stored(
        "CREATE TABLE IF NOT EXISTS events (org TEXT, id TEXT, type TEXT, about TEXT, body TEXT, "
        "PRIMARY KEY (org, id))"
    )
    stored("CREATE INDEX IF NOT EXISTS events_about ON events (org, about)")


# -- The application


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    create_tables()
    app.state.preparing = asyncio.Lock()
    async with httpx2.AsyncClient(timeout=60) as http:
        app.state.http = http
        yield


app = FastAPI(title="A SaaS with TikTok", lifespan=lifespan)


def customer_of(request: Request) -> str | None:
    """The customer whose key the cookie or the header has."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    key = (request.cookies.get("session") or bearer).encode()
    found = [org for org, known in CUSTOMERS.items() if hmac.compare_digest(known.encode(), key)]
    return found[0] if found else None


def customer(request: Request) -> str:
    if (org := customer_of(request)) is None:
        raise HTTPException(401, "Sign in first.")
    return org


Customer = Annotated[str, Depends(customer)]
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=100)]
"""From the customer's program or page, so that a request that is sent twice has one effect."""


def stagedoor(request: Request, org: Customer) -> Stagedoor:
    return Stagedoor(request.app.state.http, org)


Api = Annotated[Stagedoor, Depends(stagedoor)]


@app.exception_handler(StagedoorError)
async def refused(request: Request, error: StagedoorError) -> JSONResponse:
    """Tell the customer what Stagedoor told. A 401 is this backend's fault, not the customer's."""
    wait = error.retry_after
    return JSONResponse(
        {"code": error.code, "message": error.message, "retryable": error.retryable},
        502 if error.status == 401 else error.status,
        headers={} if wait is None else {"retry-after": str(round(wait))},
    )


@app.get("/")
async def home(request: Request, said: str = "") -> HTMLResponse:
    org = customer_of(request)
    if org is None:
        form = "<form method=post action=/sign-in><input name=key type=password><button>Sign in"
        return HTMLResponse(form)
    listed = await stagedoor(request, org).call("GET", "/api/integrations", "viewer")
    accounts = "".join(
        f"<li>{escape(one['accountName'] or one['id'])}: {escape(one['status'])}"
        for one in listed["integrations"]
    )
    return HTMLResponse(
        f"<p>{escape(said)}</p><ul>{accounts}</ul><a href=/connect>Connect TikTok</a> "
        "<a href='/connect?kind=businessAccount'>Connect comments</a>"
    )


@app.post("/sign-in")
async def sign_in(request: Request) -> RedirectResponse:
    async with request.form() as form:
        answer = RedirectResponse("/", 303)
        secure = APP_URL.startswith("https:")
        key = str(form.get("key", ""))
        answer.set_cookie("session", key, httponly=True, samesite="lax", secure=secure)
        return answer


# -- Connecting an account


async def prepare(request: Request, org: str, api: Stagedoor) -> None:
    """Before an organisation's first login: fix where logins may return to, and subscribe this
    backend's webhook. Its secret is shown once, so a webhook whose secret is lost is replaced."""
    async with request.app.state.preparing:
        if await asyncio.to_thread(stored, "SELECT 1 FROM webhooks WHERE org = ?", org):
            return
        allowed = {"returnUrls": [f"{APP_URL}/connected"]}
        await api.call("PUT", "/api/settings/return-urls", "admin", allowed)
        url = f"{APP_URL}/webhooks/stagedoor/{org}"
        listed = await api.call("GET", "/api/webhooks", "admin")
        for one in listed["webhooks"]:
            if one["url"] == url:
                await api.call("DELETE", f"/api/webhooks/{one['id']}", "admin")
        added = await api.call("POST", "/api/webhooks", "admin", {"url": url, "events": EVENTS})
        await asyncio.to_thread(
            stored, "INSERT OR REPLACE INTO webhooks VALUES (?, ?)", org, added["secret"]
        )


@app.get("/connect")
async def connect(
    request: Request, org: Customer, api: Api, kind: str = "creator"
) -> RedirectResponse:
    """Send the customer's browser to TikTok."""
    await prepare(request, org, api)
    asked = {"kind": kind, "returnUrl": f"{APP_URL}/connected"}
    started = await api.provider("get-auth-url", "admin", asked)
    return RedirectResponse(started["authUrl"], 303)


@app.get("/connected")
async def connected(
    request: Request, integration: str, reason: str = "", missing: str = ""
) -> HTMLResponse:
    """The page that the browser comes back to. Its query is only what to say: which accounts are
    connected is asked from Stagedoor."""
    if integration != "connected":
        return await home(request, f"TikTok wasn't connected ({reason}). Please try again.")
    without = f" without {missing}" if missing else ""
    return await home(request, f"TikTok is connected{without}.")


@app.get("/accounts")
async def accounts(api: Api) -> Any:
    listed = await api.call("GET", "/api/integrations", "viewer")
    return [
        {name: one[name] for name in ("id", "accountName", "status")}
        for one in listed["integrations"]
    ]


# -- Posts


@app.post("/posts", status_code=201)
async def post(
    request: Request,
    api: Api,
    idempotency_key: IdempotencyKey,
    content_length: Annotated[int, Header(ge=1)],
    caption: str,
    privacy_level: str,
    publish_at: str | None = None,
) -> Any:
    """Upload the body, a video, and publish it now or at `publish_at`. With the same
    Idempotency-Key the request may be repeated at any point of the way."""
    asked = {
        "caption": caption,
        "privacyLevel": privacy_level,
        "publishAt": publish_at,
        "size": content_length,
    }
    begun = await api.provider("init-video-upload", "member", asked, idempotency_key)
    await upload(request.app.state.http, begun["uploadUrl"], request.stream(), content_length)
    published = {"publishId": begun["publishId"]}
    return await api.provider("publish-video", "member", published, f"{idempotency_key}.publish")


async def upload(
    http: httpx2.AsyncClient, url: str, body: AsyncIterator[bytes], length: int
) -> None:
    """Stream a file through to Stagedoor. The address is a secret for this one file: it needs no
    token, and isn't given to anybody."""
    try:
        before = await http.head(url)
        if before.headers.get("upload-complete") == "?1":
            return  # an earlier try brought the whole file
        headers = {"content-length": str(length), "content-type": "application/octet-stream"}
        sent = await http.put(url, content=body, headers=headers)
    except httpx2.TransportError as lost:
        raise unreachable(lost) from lost
    if not sent.is_success:
        raise refusal(sent)


@app.get("/posts/{publish_id}")
async def show_post(org: Customer, api: Api, publish_id: str) -> Any:
    """A post's state as Stagedoor has it now, and the events that came about it."""
    found = await api.call("GET", f"/api/posts/{quoted(publish_id)}", "viewer")
    failure = found["failure"]
    sql = "SELECT type FROM events WHERE org = ? AND about = ? ORDER BY rowid"
    return {
        "state": found["state"],
        "link": found["link"],
        "publicIds": found["publicIds"],
        "problem": failure and f"{failure['message']} {failure['remedy']}",
        "events": [row[0] for row in await asyncio.to_thread(stored, sql, org, publish_id)],
    }


def quoted(text: str) -> str:
    """An id from a customer as one segment of a path."""
    if not text.replace("-", "").replace("_", "").isalnum():
        raise HTTPException(404, "There is no such id.")
    return text


# -- Stagedoor's webhooks


@app.post("/webhooks/stagedoor/{org}", status_code=204)
async def webhook(request: Request, org: str) -> Response:
    """Take an event. It is stored before it is acknowledged; one that comes again is acknowledged
    and does nothing, since its webhook-id is known."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_EVENT:
            return Response(status_code=413)
    known = await asyncio.to_thread(stored, "SELECT secret FROM webhooks WHERE org = ?", org)
    try:
        # the library compares in constant time, and takes five minutes of difference of clocks
        event = Webhook(known[0][0]).verify(body, dict(request.headers))
    except (IndexError, WebhookVerificationError, ValueError):
        return Response(status_code=401)
    about = event["data"].get("publishId") or ""
    await asyncio.to_thread(
        stored,
        "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)",
        *(org, request.headers["webhook-id"], event["type"], about, body.decode()),
    )
    return Response(status_code=204)


@app.get("/events")
async def events(org: Customer) -> Any:
    """The newest events."""
    sql = "SELECT id, type FROM events WHERE org = ? ORDER BY rowid DESC LIMIT 100"
    rows = await asyncio.to_thread(stored, sql, org)
    return [{"id": id_, "type": type_} for id_, type_ in rows]


# -- The inbox


@app.get("/inbox")
async def inbox(api: Api, cursor: str | None = None) -> Any:
    """A page of conversations with an unread comment."""
    asked = {"unread": "true"} | ({} if cursor is None else {"cursor": cursor})
    return await api.call("GET", "/api/inbox/conversations", "viewer", **asked)


@app.post("/inbox/refresh", status_code=202)
async def refresh(api: Api) -> Any:
    """Have new comments looked for now; they come by themselves otherwise."""
    asked = {"platform": "tiktok", "syncType": "comments"}
    return await api.call("POST", "/api/sync/trigger", "member", asked)


@app.post("/inbox/{conversation_id}/reply")
async def reply(
    request: Request, api: Api, idempotency_key: IdempotencyKey, conversation_id: str
) -> Any:
    """Answer a comment as the account; the body is `{"text"}`."""
    path = f"/api/inbox/conversations/{quoted(conversation_id)}"
    try:
        answer = {"text": (await request.json())["text"]}
    except (ValueError, KeyError, TypeError):
        raise HTTPException(400, 'Send {"text": "..."}.') from None
    message = await api.call("POST", f"{path}/reply", "member", answer, key=idempotency_key)
    await api.call("POST", f"{path}/read", "member", key=f"{idempotency_key}.read")
    return message


if __name__ == "__main__":
    print(f"backend on {APP_URL}", flush=True)
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
