"""The page for a creator whose login can't continue: no URL can be trusted, so nothing is
redirected."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

HEADERS = {
    "cache-control": "no-store",
    # the page's own URL contains a code
    "referrer-policy": "no-referrer",
}

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Not connected</title>
<h1>Not connected</h1>
<p>{why}</p>
<p>Nothing was connected. Go back to the application that sent you here, and start again.</p>
</html>
"""


def not_connected(why: str, status: int) -> HTMLResponse:
    headers = HEADERS | {"content-security-policy": "default-src 'none'"}
    return HTMLResponse(_PAGE.format(why=escape(why)), status, headers)
