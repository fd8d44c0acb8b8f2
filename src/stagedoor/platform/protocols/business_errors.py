"""The return codes of TikTok API for Business (`business.yaml`, return_codes).

`message` is TikTok's text where it was observed. The remedy is the kind's, unless the code has its
own remedy.
"""

from __future__ import annotations

from ..errors import ErrorCode, ErrorKind, ErrorTable

PARTIAL = 20001
"""Some items succeeded, some failed: the data says which."""
PARAM_ERROR = "40002"
WRONG_PAIR = ("40101", "40113")
"""The codes which say that an app's id and secret don't belong together."""
TOKEN_REVOKED = "40105"
TOKEN_EXPIRED = ("40102", "40112", "40114", "40120", "40309")
"""The codes which say that a token can't be used any more: the token, not one of its ad accounts,
is refused."""

_REMEDIES = {
    ErrorKind.AUTH: "Refresh the token if it is an account's; otherwise connect again.",
    ErrorKind.SCOPE: "Get the permission, or a role on the ad account, and connect again.",
    ErrorKind.REQUEST: "Correct what the message names; the same request will not pass.",
    ErrorKind.NOT_FOUND: "Check the id, and that it belongs to this ad account or TikTok account.",
    ErrorKind.STATE: "Try again later, when the object is in the state that the call needs.",
    ErrorKind.POLICY: "TikTok doesn't allow this for the app or the account: ask its support.",
    ErrorKind.QUOTA: "Delete what isn't needed any more, or use another ad account.",
    ErrorKind.RATE: "Wait: a second for the limit a second, five minutes for the limit a minute.",
    ErrorKind.CLIENT: "Check the app's id and secret, and that the token is of this app.",
    ErrorKind.GRANT: "The code or refresh token is used, expired or revoked: connect again.",
    ErrorKind.DENIED: "Ask again when the person wants to connect.",
    ErrorKind.SERVER: "Try again later; give the request_id to TikTok's support if it stays.",
}
_OWN_REMEDIES = {
    40006: "Use a version of the API that the product is part of.",
    40008: "Use the production host if this was the sandbox; TikTok doesn't offer the call there.",
    40009: "Use the production host: the sandbox lacks this.",
    40012: "Change something, or leave the call out.",
    40013: "Create the app's sandbox ad account in TikTok's console, and use its id and token.",
    40014: "Use the production host: the sandbox lacks this.",
    40050: "Nothing to do: the first request counts.",
    40902: "Check that the address can be reached from the internet, then try again.",
    40903: "Check that the address can be reached from the internet, then try again.",
    40910: "Upload the file again, or have the report prepared again.",
    40913: "Check that the address can be reached from the internet, then try again.",
}

_TABLE: tuple[tuple[int, ErrorKind, str], ...] = (
    (40000, ErrorKind.REQUEST, "Parameters not valid."),
    (
        40001,
        ErrorKind.SCOPE,
        "You don't have permission to operate this advertiser: 7000000000000000001.",
    ),
    (40002, ErrorKind.REQUEST, "advertiser_id: Missing data for required field."),
    (40003, ErrorKind.POLICY, "Forbidden."),
    (40006, ErrorKind.REQUEST, "API version does not fit the parameters or product."),
    (40007, ErrorKind.NOT_FOUND, "The ad 1700000000000001 does not exist."),
    (
        40008,
        ErrorKind.REQUEST,
        "Endpoint not implemented; also unsupported endpoint on the sandbox host.",
    ),
    (40009, ErrorKind.STATE, "Unsupported data_level in sandbox environment: AUCTION_ADVERTISER."),
    (40010, ErrorKind.REQUEST, "Wrong host for this version."),
    (40011, ErrorKind.REQUEST, "Too many ids in one call."),
    (40012, ErrorKind.REQUEST, "Update carries no change."),
    (40013, ErrorKind.STATE, "Sandbox ad account not found."),
    (40014, ErrorKind.STATE, "Feature not available in sandbox."),
    (40016, ErrorKind.RATE, "App-level endpoint limit reached (business flow control)."),
    (40050, ErrorKind.REQUEST, "Same request sent twice."),
    (40051, ErrorKind.REQUEST, "API version unknown."),
    (40052, ErrorKind.REQUEST, "Automated creative material already there."),
    (40053, ErrorKind.REQUEST, "Video_id not valid."),
    (40061, ErrorKind.REQUEST, "Batch too large or empty."),
    (40062, ErrorKind.REQUEST, "Personal data sent unhashed where a hash is needed (Events API)."),
    (40063, ErrorKind.REQUEST, "Partner name not valid."),
    (40064, ErrorKind.POLICY, "Direct message to this user blocked."),
    (40065, ErrorKind.POLICY, "Targeting not allowed together with ages 13-17 in the US."),
    (40100, ErrorKind.RATE, "App reaches the QPS limit."),
    (40101, ErrorKind.CLIENT, "App id and secret do not match, or auth code bad for this flow."),
    (40102, ErrorKind.AUTH, "Access token expired (24 h account tokens)."),
    (40103, ErrorKind.GRANT, "Refresh token expired; user must authorise again."),
    (
        40104,
        ErrorKind.AUTH,
        "Access token is null, you should set it in http header with key Access-Token.",
    ),
    (40105, ErrorKind.AUTH, "Access token is incorrect or has been revoked."),
    (40106, ErrorKind.AUTH, "Token user not valid for this advertiser."),
    (
        40107,
        ErrorKind.GRANT,
        "Refresh token wrong, or a try to refresh a long-term advertiser token.",
    ),
    (40108, ErrorKind.REQUEST, "Invalid value for grant_type: xyz is not supported."),
    (40109, ErrorKind.GRANT, "Decrypt failure."),
    (
        40110,
        ErrorKind.GRANT,
        "The auth_code is canceled. Please re-authorize and try again with a new auth_code.",
    ),
    (40112, ErrorKind.AUTH, "Password wrong."),
    (40113, ErrorKind.CLIENT, "The app_id is inconsistent with the token's app information."),
    (40114, ErrorKind.AUTH, "Advertiser logged out."),
    (40115, ErrorKind.GRANT, "Auth code does not fit the token endpoint or is too old."),
    (40116, ErrorKind.CLIENT, "Auth signature wrong."),
    (40117, ErrorKind.CLIENT, "App may not use this method."),
    (40118, ErrorKind.POLICY, "Allow-list feature; app or advertiser is not on it."),
    (40119, ErrorKind.POLICY, "Developer and advertiser belong to different companies."),
    (40120, ErrorKind.AUTH, "User not logged in."),
    (40121, ErrorKind.POLICY, "Handle is not a marketplace creator."),
    (40122, ErrorKind.POLICY, "Creator region not supported."),
    (40124, ErrorKind.CLIENT, "Developer profile not approved."),
    (40125, ErrorKind.POLICY, "Developer lacks permission or field not allowed."),
    (40130, ErrorKind.SCOPE, "Scope not granted by the user."),
    (40131, ErrorKind.SCOPE, "Account-holder scope check failed."),
    (40132, ErrorKind.RATE, "Limit on one field value, for example a pixel code."),
    (
        40133,
        ErrorKind.RATE,
        "The advertiser's QPS reaches the limit for current path.",
    ),
    (40200, ErrorKind.STATE, "Task error."),
    (40201, ErrorKind.STATE, "Task still running."),
    (40202, ErrorKind.STATE, "Two writes on the same object at once."),
    (40300, ErrorKind.NOT_FOUND, "Advertiser unknown or deleted."),
    (40301, ErrorKind.POLICY, "Advertiser does not match."),
    (40302, ErrorKind.NOT_FOUND, "Customer advertiser unknown."),
    (40309, ErrorKind.AUTH, "Login needed."),
    (40400, ErrorKind.NOT_FOUND, "Route not found."),
    (40502, ErrorKind.QUOTA, "Too many ads."),
    (40700, ErrorKind.SERVER, "Internal validation failed."),
    (40900, ErrorKind.REQUEST, "MD5 sent differs from MD5 computed."),
    (40901, ErrorKind.STATE, "Video still transcoding."),
    (40902, ErrorKind.STATE, "Could not fetch url."),
    (40903, ErrorKind.STATE, "Url not reachable."),
    (40904, ErrorKind.REQUEST, "Image content or format not allowed."),
    (40905, ErrorKind.NOT_FOUND, "File missing."),
    (40906, ErrorKind.REQUEST, "File empty."),
    (40907, ErrorKind.REQUEST, "File too large."),
    (40908, ErrorKind.REQUEST, "File type not supported."),
    (40909, ErrorKind.REQUEST, "Calculate_type not supported."),
    (40910, ErrorKind.STATE, "File expired."),
    (40911, ErrorKind.REQUEST, "Name already used in this ad account."),
    (40912, ErrorKind.REQUEST, "Image url not usable."),
    (40913, ErrorKind.STATE, "Could not fetch image."),
    (40914, ErrorKind.REQUEST, "File to upload not valid."),
    (40915, ErrorKind.REQUEST, "File breaks the specification."),
    (40916, ErrorKind.REQUEST, "Video content or format not allowed."),
    (41000, ErrorKind.POLICY, "Request blocked."),
    (41001, ErrorKind.REQUEST, "Endpoint retired."),
    (41002, ErrorKind.REQUEST, "Field retired."),
    (50000, ErrorKind.SERVER, "System error."),
    (50002, ErrorKind.SERVER, "System timeout."),
    (51000, ErrorKind.SERVER, "Internal service error (whole 51xxx block is internal services)."),
    (51003, ErrorKind.SERVER, "Audience service error."),
    (51010, ErrorKind.SERVER, "Internal timeout."),
    (51021, ErrorKind.SERVER, "Internal service says too many requests."),
    (51037, ErrorKind.SERVER, "Async report service error."),
    (51045, ErrorKind.SERVER, "File service error."),
    (51047, ErrorKind.SERVER, "Subscription service error."),
    (51065, ErrorKind.SERVER, "TikTok account service error (seen on /business/ endpoints)."),
    (51305, ErrorKind.SERVER, "Seen in the field on /business/ endpoints."),
    (52000, ErrorKind.SERVER, "Database error (52xxx block)."),
    (60001, ErrorKind.SERVER, "Maintenance window."),
    (61000, ErrorKind.RATE, "Too many requests."),
    (70001, ErrorKind.CLIENT, "Auth type not valid for this product."),
)


class _Table(ErrorTable):
    def unknown_kind(self, code: str, http: int) -> ErrorKind | None:
        # 51xxx, 52xxx and 53xxx are names of services at TikTok (return_code_rules)
        if len(code) == 5 and code.startswith("5"):
            return ErrorKind.SERVER
        return super().unknown_kind(code, http)


BUSINESS_ERRORS = _Table(
    ErrorCode(str(code), 200, kind, message, _OWN_REMEDIES.get(code, _REMEDIES[kind]))
    for code, kind, message in _TABLE
)
