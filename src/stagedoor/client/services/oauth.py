"""Login Kit: tokens and QR logins."""

from __future__ import annotations

from stagedoor.platform import oauth

from .. import login, qr
from ..service import Call, M, Service, Steps


class OAuth(Service[M]):
    """Connecting and disconnecting accounts."""

    exchange_code = Call(oauth.TOKEN_CODE)
    exchange_refresh_token = Call(oauth.TOKEN_REFRESH)
    exchange_client_credentials = Call(oauth.TOKEN_CLIENT)
    revoke = Call(oauth.REVOKE)

    qr_start = Call(oauth.QR_START)
    qr_state = Call(oauth.QR_CHECK)

    qr_begin = Steps(qr.begin_qr)
    qr_check = Steps(qr.check_qr)
    qr_wait = Steps(qr.wait_for_qr)
    finish_login = Steps(login.finish_login)
    refresh = Steps(login.refresh)
    disconnect = Steps(login.disconnect)
    client_token = Steps(login.client_token)
