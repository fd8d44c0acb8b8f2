"""The sandbox of TikTok API for Business (`business.yaml`, sandbox).

A call is the sandbox's if its host is the sandbox's, or if its token reaches sandbox ad accounts
only: at the emulator all hosts have one address, so the token decides.
"""

from __future__ import annotations

from typing import Any

from stagedoor.platform.operation import DAY, LimitKey, Operation, RateLimit
from stagedoor.platform.products.business.common import PREFIX

from ...calls import AdmittedCall, Refusal

HOST = "sandbox-ads."
SUPPORTED = frozenset(
    f"{PREFIX}{path}"
    for path in (
        "/campaign/get/",
        "/campaign/create/",
        "/campaign/update/",
        "/campaign/status/update/",
        "/adgroup/get/",
        "/adgroup/create/",
        "/adgroup/update/",
        "/adgroup/status/update/",
        "/ad/get/",
        "/ad/create/",
        "/ad/update/",
        "/ad/status/update/",
        "/file/image/ad/upload/",
        "/file/video/ad/upload/",
        "/report/integrated/get/",
        "/term/check/",
        "/term/confirm/",
        "/term/get/",
        "/user/info/",
        "/identity/create/",
        "/identity/get/",
        "/identity/delete/",
    )
)
LIMITS = (
    RateLimit(1, 1, LimitKey.APP_TIER),
    RateLimit(30, 60, LimitKey.APP_TIER),
    RateLimit(1_000, DAY, LimitKey.APP_TIER),
)
"""For each operation."""


def check(operation: Operation[..., Any], call: AdmittedCall) -> None:
    """Mark a call of the sandbox; refuse an operation that the sandbox doesn't have."""
    at_host = call.base_url.partition("://")[2].startswith(HOST)
    token = call.advertiser_token
    of_sandbox = token is not None and token.sandbox
    call.sandbox = at_host or of_sandbox
    if not call.sandbox:
        return
    if operation.id == "business.oauth2_advertiser_get":
        raise Refusal("40001", "No permission to operate in the sandbox.")
    if operation.path not in SUPPORTED:
        raise Refusal("40008", f"{operation.path} is not supported in the sandbox.")
    if token is not None and not of_sandbox:
        raise Refusal("40013")
