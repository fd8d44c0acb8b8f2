"""Examples of OAuth. Credentials of one use are made up."""

from __future__ import annotations

from hypothesis import strategies as st

from stagedoor.platform.products import display, oauth
from tests.support.local import KEY, SECRET

from .example import Example
from .strategies import TEXT, WORDS, fields, maybe

_APP = {"client_key": KEY, "client_secret": SECRET}
_DRAWN_APP = {"client_key": TEXT, "client_secret": TEXT}

EXAMPLES = (
    Example(
        oauth.AUTHORIZE,
        drawn=fields(
            client_key=TEXT,
            scope=st.lists(WORDS).map(tuple),
            redirect_uri=TEXT,
            state=maybe(TEXT),
            disable_auto_auth=maybe(st.sampled_from([0, 1])),
            code_challenge=maybe(TEXT),
        ),
    ),
    Example(
        oauth.TOKEN_CODE,
        request=lambda _: _APP | {"code": "code", "redirect_uri": "https://app.example.com/"},
        refused=True,
        drawn=fields(**_DRAWN_APP, code=TEXT, redirect_uri=TEXT, code_verifier=maybe(TEXT)),
        effect=display.USER_INFO,
    ),
    Example(
        oauth.TOKEN_REFRESH,
        request=lambda _: _APP | {"refresh_token": "rft.none"},
        refused=True,
        drawn=fields(**_DRAWN_APP, refresh_token=TEXT),
        effect=display.USER_INFO,
    ),
    Example(oauth.TOKEN_CLIENT, request=lambda _: dict(_APP), drawn=fields(**_DRAWN_APP)),
    Example(
        oauth.REVOKE,
        request=lambda _: _APP | {"token": "act.none"},
        refused=True,
        drawn=fields(**_DRAWN_APP, token=TEXT),
        effect=display.USER_INFO,
    ),
    Example(
        oauth.QR_START,
        request=lambda _: {"client_key": KEY, "scope": ("user.info.basic",)},
        drawn=fields(client_key=TEXT, scope=st.lists(WORDS).map(tuple), state=maybe(TEXT)),
    ),
    Example(
        oauth.QR_CHECK,
        request=lambda seeded: _APP | {"token": seeded.begun.qr_token},
        drawn=fields(**_DRAWN_APP, token=TEXT),
        effect=display.USER_INFO,
    ),
)
