"""The entrances of agents in the OpenAPI document: they stand in front of the framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.connector.documented import ErrorCase
from stagedoor.connector.errors import ApiError, RequestTooLarge, ServiceUnavailable
from stagedoor.connector.reference.responses import json_answer, operation

from .calls.errors import AccountNeeded, AwaitsApproval, Denied, NoAgentKey
from .mcp import app as mcp
from .oauth import addresses
from .proxy import table as proxy
from .proxy.errors import NoSuchPath, WrongMethod

_KEY: list[dict[str, list[str]]] = [{"agentKey": []}]
_OBJECT = {"type": "object"}
_RPC = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
_METHODS = ("get", "post")
_NO_KEY = ErrorCase(401, "unauthenticated", "There is no valid key of an agent.")
_TOO_FAST = ErrorCase(429, "rate_limited", "The agent makes too many calls.", retryable=True)


def paths() -> Mapping[str, Mapping[str, Any]]:
    return {**_mcp(), **_proxy(), **_oauth()}


def _mcp() -> Mapping[str, Mapping[str, Any]]:
    said = operation(
        id="callMcp",
        tag="agents' entrances",
        text="Call the MCP server. It speaks streamable HTTP without sessions, so any process of "
        "the service answers any request; an agent sees the tools that its grants allow.",
        answers={
            "200": json_answer("The answer of the MCP server.", _OBJECT, {**_RPC, "result": {}}),
            "202": {"description": "A notification was taken."},
        },
        errors=(
            ErrorCase(400, "invalid_request", "The body is no message of MCP."),
            _NO_KEY,
            ErrorCase(403, "forbidden", "MCP isn't served to this host or origin."),
            RequestTooLarge,
            _TOO_FAST,
            ServiceUnavailable,
        ),
        requestBody={
            "required": True,
            "description": "A message of JSON-RPC, as MCP defines it.",
            "content": {"application/json": {"schema": _OBJECT, "example": _RPC}},
        },
    )
    return {mcp.PATH: {"post": said | {"security": _KEY}}}


def _proxy() -> Mapping[str, Mapping[str, Any]]:
    parameter = {
        "name": "path",
        "in": "path",
        "required": True,
        "description": "TikTok's own path, such as `v2/video/list/`; `@<account>/` before it names "
        "the account, and may be left out where the key has only one.",
        "schema": {"type": "string"},
        "example": "@maracooks/v2/video/list/",
    }
    body = {
        "description": "The body as TikTok takes it.",
        "content": {"application/json": {"schema": _OBJECT, "example": {"max_count": 10}}},
    }
    item: dict[str, Any] = {}
    for method in _METHODS:
        item[method] = operation(
            id=f"{method}ByProxy",
            tag="agents' entrances",
            text="Call TikTok with an agent's key. Requests and answers are TikTok's own; the key "
            "may also stand in `Access-Token`. Errors have the shape of TikTok's API, with these "
            "codes where the gateway refuses.",
            answers={"200": json_answer("TikTok's answer.", _OBJECT, {"data": {}})},
            errors=(
                AccountNeeded,
                NoAgentKey,
                Denied,
                AwaitsApproval,
                NoSuchPath,
                WrongMethod,
                RequestTooLarge,
                _TOO_FAST,
                ApiError,
                ServiceUnavailable,
            ),
            **({"requestBody": body} if method == "post" else {}),
            parameters=[parameter],
        ) | {"security": _KEY}
    return {f"{proxy.PREFIX}/{{path}}": item}


def _oauth() -> Mapping[str, Mapping[str, Any]]:
    token = {"access_token": "sdo_...", "token_type": "Bearer", "expires_in": 3600}
    registered = {"client_id": "sdc_...", "redirect_uris": ["http://127.0.0.1:3000/callback"]}
    issuer = {"issuer": "https://connector.example.com"}
    return {
        addresses.PROTECTED + addresses.MCP: {
            "get": _plain("describeResource", "Describe the MCP endpoint, as RFC 9728 says", issuer)
        },
        addresses.SERVER: {
            "get": _plain("describeServer", "Describe the sign-in, as RFC 8414 says", issuer)
        },
        addresses.REGISTER: {
            "post": _plain(
                "registerClient",
                "Register a client, as RFC 7591 says",
                registered,
                {"redirect_uris": ["http://127.0.0.1:3000/callback"], "client_name": "Editor"},
                status="201",
            )
        },
        addresses.TOKEN: {
            "post": _plain(
                "issueToken",
                "Exchange a code or a refresh token for tokens, as RFC 6749 says",
                token,
                {"grant_type": "authorization_code", "code": "sdk_...", "code_verifier": "..."},
                form=True,
            )
        },
        addresses.REVOKE: {
            "post": _plain(
                "revokeToken",
                "Revoke a token, as RFC 7009 says",
                None,
                {"token": "sdo_..."},
                form=True,
            )
        },
        addresses.AUTHORIZE: {
            "get": _page("showSignInPage", "Show the page on which a person lets a client act"),
            "post": _page("answerSignInPage", "Take the answer of that page", form=True),
        },
    }


def _plain(
    name: str, text: str, answer: Any, body: Any = None, *, form: bool = False, status: str = "200"
) -> dict[str, Any]:
    errors = (
        ErrorCase(400, "invalid_request", "The request isn't what the RFC describes."),
        ErrorCase(401, "invalid_client", "The client's secret is wrong."),
        ErrorCase(413, "invalid_request", "The body is too large."),
        ErrorCase(429, "temporarily_unavailable", "Too many tries.", retryable=True),
    )
    made = operation(
        id=name,
        tag="agents' entrances",
        text=f"{text}. Errors have OAuth's shape: `error` and `error_description`.",
        answers={
            status: {"description": "It was done."}
            if answer is None
            else json_answer("It was done.", _OBJECT, answer)
        },
    )
    if body is not None:
        made["responses"] |= {str(one.http): _oauth_error(one) for one in errors}
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        made["requestBody"] = {
            "required": True,
            "description": "As the RFC describes it.",
            "content": {kind: {"schema": _OBJECT, "example": body}},
        }
    return made


def _oauth_error(case: ErrorCase) -> dict[str, Any]:
    said = {"error": case.code, "error_description": case.meaning}
    return json_answer(case.meaning, _OBJECT, said)


def _page(name: str, text: str, *, form: bool = False) -> dict[str, Any]:
    html = {"content": {"text/html": {"schema": {"type": "string"}}}}
    made = operation(
        id=name,
        tag="agents' entrances",
        text=f"{text}. A person reads the answer in a browser.",
        answers={
            "200": {"description": "The page.", **html},
            "303": {"description": "Back to the client."},
            "400": {"description": "The client asks for something that can't be had.", **html},
            "403": {"description": "The form is no form of this page.", **html},
        },
    )
    if form:
        made["requestBody"] = {
            "required": True,
            "description": "The page's form.",
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": _OBJECT,
                    "example": {"decision": "allow"},
                }
            },
        }
    return made
