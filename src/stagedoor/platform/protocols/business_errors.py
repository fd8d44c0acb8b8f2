"""The return codes of TikTok API for Business (`business.yaml`, return_codes).

`message` is TikTok's text where it was observed. The remedy is the kind's, unless the code has its
own remedy.
"""

from __future__ import annotations

from ..errors import ErrorCode, ErrorTable, Kind

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
    Kind.AUTH: "Refresh the token if it is an account's; otherwise connect again.",
    Kind.SCOPE: "Get the permission, or a role on the ad account, and connect again.",
    Kind.REQUEST: "Correct what the message names; the same request will not pass.",
    Kind.NOT_FOUND: "Check the id, and that it belongs to this ad account or TikTok account.",
    Kind.STATE: "Try again later, when the object is in the state that the call needs.",
    Kind.POLICY: "TikTok doesn't allow this for the app or the account: ask its support.",
    Kind.QUOTA: "Delete what isn't needed any more, or use another ad account.",
    Kind.RATE: "Wait: a second for the limit a second, five minutes for the limit a minute.",
    Kind.CLIENT: "Check the app's id and secret, and that the token is of this app.",
    Kind.GRANT: "The code or refresh token is used, expired or revoked: connect again.",
    Kind.DENIED: "Ask again when the person wants to connect.",
    Kind.SERVER: "Try again later; give the request_id to TikTok's support if it stays.",
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

_TABLE: tuple[tuple[int, Kind, str], ...] = (
    (40000, Kind.REQUEST, "Parameters not valid."),
    (
        40001,
        Kind.SCOPE,
        "You don't have permission to operate this advertiser: 7000000000000000001.",
    ),
    (40002, Kind.REQUEST, "advertiser_id: Missing data for required field."),
    (40003, Kind.POLICY, "Forbidden."),
    (40006, Kind.REQUEST, "API version does not fit the parameters or product."),
    (40007, Kind.NOT_FOUND, "The ad 1700000000000001 does not exist."),
    (
        40008,
        Kind.REQUEST,
        "Endpoint not implemented; also unsupported endpoint on the sandbox host.",
    ),
    (40009, Kind.STATE, "Unsupported data_level in sandbox environment: AUCTION_ADVERTISER."),
    (40010, Kind.REQUEST, "Wrong host for this version."),
    (40011, Kind.REQUEST, "Too many ids in one call."),
    (40012, Kind.REQUEST, "Update carries no change."),
    (40013, Kind.STATE, "Sandbox ad account not found."),
    (40014, Kind.STATE, "Feature not available in sandbox."),
    (40016, Kind.RATE, "App-level endpoint limit reached (business flow control)."),
    (40050, Kind.REQUEST, "Same request sent twice."),
    (40051, Kind.REQUEST, "API version unknown."),
    (40052, Kind.REQUEST, "Automated creative material already there."),
    (40053, Kind.REQUEST, "Video_id not valid."),
    (40061, Kind.REQUEST, "Batch too large or empty."),
    (40062, Kind.REQUEST, "Personal data sent unhashed where a hash is needed (Events API)."),
    (40063, Kind.REQUEST, "Partner name not valid."),
    (40064, Kind.POLICY, "Direct message to this user blocked."),
    (40065, Kind.POLICY, "Targeting not allowed together with ages 13-17 in the US."),
    (40100, Kind.RATE, "App reaches the QPS limit."),
    (40101, Kind.CLIENT, "App id and secret do not match, or auth code bad for this flow."),
    (40102, Kind.AUTH, "Access token expired (24 h account tokens)."),
    (40103, Kind.GRANT, "Refresh token expired; user must authorise again."),
    (
        40104,
        Kind.AUTH,
        "Access token is null, you should set it in http header with key Access-Token.",
    ),
    (40105, Kind.AUTH, "Access token is incorrect or has been revoked."),
    (40106, Kind.AUTH, "Token user not valid for this advertiser."),
    (40107, Kind.GRANT, "Refresh token wrong, or a try to refresh a long-term advertiser token."),
    (40108, Kind.REQUEST, "Invalid value for grant_type: xyz is not supported."),
    (40109, Kind.GRANT, "Decrypt failure."),
    (
        40110,
        Kind.GRANT,
        "The auth_code is canceled. Please re-authorize and try again with a new auth_code.",
    ),
    (40112, Kind.AUTH, "Password wrong."),
    (40113, Kind.CLIENT, "The app_id is inconsistent with the token's app information."),
    (40114, Kind.AUTH, "Advertiser logged out."),
    (40115, Kind.GRANT, "Auth code does not fit the token endpoint or is too old."),
    (40116, Kind.CLIENT, "Auth signature wrong."),
    (40117, Kind.CLIENT, "App may not use this method."),
    (40118, Kind.POLICY, "Allow-list feature; app or advertiser is not on it."),
    (40119, Kind.POLICY, "Developer and advertiser belong to different companies."),
    (40120, Kind.AUTH, "User not logged in."),
    (40121, Kind.POLICY, "Handle is not a marketplace creator."),
    (40122, Kind.POLICY, "Creator region not supported."),
    (40124, Kind.CLIENT, "Developer profile not approved."),
    (40125, Kind.POLICY, "Developer lacks permission or field not allowed."),
    (40130, Kind.SCOPE, "Scope not granted by the user."),
    (40131, Kind.SCOPE, "Account-holder scope check failed."),
    (40132, Kind.RATE, "Limit on one field value, for example a pixel code."),
    (
        40133,
        Kind.RATE,
        "The advertiser's QPS reaches the limit for current path.",
    ),
    (40200, Kind.STATE, "Task error."),
    (40201, Kind.STATE, "Task still running."),
    (40202, Kind.STATE, "Two writes on the same object at once."),
    (40300, Kind.NOT_FOUND, "Advertiser unknown or deleted."),
    (40301, Kind.POLICY, "Advertiser does not match."),
    (40302, Kind.NOT_FOUND, "Customer advertiser unknown."),
    (40309, Kind.AUTH, "Login needed."),
    (40400, Kind.NOT_FOUND, "Route not found."),
    (40502, Kind.QUOTA, "Too many ads."),
    (40700, Kind.SERVER, "Internal validation failed."),
    (40900, Kind.REQUEST, "MD5 sent differs from MD5 computed."),
    (40901, Kind.STATE, "Video still transcoding."),
    (40902, Kind.STATE, "Could not fetch url."),
    (40903, Kind.STATE, "Url not reachable."),
    (40904, Kind.REQUEST, "Image content or format not allowed."),
    (40905, Kind.NOT_FOUND, "File missing."),
    (40906, Kind.REQUEST, "File empty."),
    (40907, Kind.REQUEST, "File too large."),
    (40908, Kind.REQUEST, "File type not supported."),
    (40909, Kind.REQUEST, "Calculate_type not supported."),
    (40910, Kind.STATE, "File expired."),
    (40911, Kind.REQUEST, "Name already used in this ad account."),
    (40912, Kind.REQUEST, "Image url not usable."),
    (40913, Kind.STATE, "Could not fetch image."),
    (40914, Kind.REQUEST, "File to upload not valid."),
    (40915, Kind.REQUEST, "File breaks the specification."),
    (40916, Kind.REQUEST, "Video content or format not allowed."),
    (41000, Kind.POLICY, "Request blocked."),
    (41001, Kind.REQUEST, "Endpoint retired."),
    (41002, Kind.REQUEST, "Field retired."),
    (50000, Kind.SERVER, "System error."),
    (50002, Kind.SERVER, "System timeout."),
    (51000, Kind.SERVER, "Internal service error (whole 51xxx block is internal services)."),
    (51003, Kind.SERVER, "Audience service error."),
    (51010, Kind.SERVER, "Internal timeout."),
    (51021, Kind.SERVER, "Internal service says too many requests."),
    (51037, Kind.SERVER, "Async report service error."),
    (51045, Kind.SERVER, "File service error."),
    (51047, Kind.SERVER, "Subscription service error."),
    (51065, Kind.SERVER, "TikTok account service error (seen on /business/ endpoints)."),
    (51305, Kind.SERVER, "Seen in the field on /business/ endpoints."),
    (52000, Kind.SERVER, "Database error (52xxx block)."),
    (60001, Kind.SERVER, "Maintenance window."),
    (61000, Kind.RATE, "Too many requests."),
    (70001, Kind.CLIENT, "Auth type not valid for this product."),
)


class _Table(ErrorTable):
    def unknown_kind(self, code: str, http: int) -> Kind | None:
        # 51xxx, 52xxx and 53xxx are names of services at TikTok (return_code_rules)
        if len(code) == 5 and code.startswith("5"):
            return Kind.SERVER
        return super().unknown_kind(code, http)


BUSINESS_ERRORS = _Table(
    ErrorCode(str(code), 200, kind, message, _OWN_REMEDIES.get(code, _REMEDIES[kind]))
    for code, kind, message in _TABLE
)
