"""The page that shows the document: Swagger UI from an installed package, without other hosts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import Response

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stagedoor: API reference</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<noscript>The reference needs JavaScript; <a href="openapi.json">openapi.json</a> says the same.
</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});
"""
_KINDS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
_GUARDS = {
    # the viewer sets styles of elements from its script; it loads and runs nothing else
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
KINDS = tuple(_KINDS.values())
NAMES = ("start.js", *_KINDS)


def page() -> Response:
    return Response(_PAGE, media_type="text/html", headers=_GUARDS)


def asset(name: str) -> Response:
    """A file of the page. Raises `KeyError` for any other name."""
    kind = "text/javascript" if name == "start.js" else _KINDS[name]
    headers = {**_GUARDS, "cache-control": "max-age=3600"}
    return Response(_content(name), media_type=kind, headers=headers)


@cache
def _content(name: str) -> bytes:
    if name == "start.js":
        return _START.encode()
    return (files("fastapi_swagger") / "resources" / name).read_bytes()
