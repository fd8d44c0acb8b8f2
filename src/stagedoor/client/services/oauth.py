"""Login Kit: tokens and QR logins."""

from __future__ import annotations

from stagedoor.platform.arguments import checked
from stagedoor.platform.products import oauth

from .. import login, qr
from ..describe import documented
from ..errors import ConfigurationError
from ..login import AlwaysAsk, Login, RedirectUri, ScopeNames, WithPkce
from ..parameters import State
from ..service import Call, M, Service, Steps


class OAuth(Service[M]):
    """Connecting and disconnecting accounts."""

    exchange_code = Call(oauth.TOKEN_CODE)
    exchange_refresh_token = Call(oauth.TOKEN_REFRESH)
    exchange_client_credentials = Call(oauth.TOKEN_CLIENT)
    revoke = Call(oauth.REVOKE)

    qr_start = Call(oauth.QR_START)
    qr_state = Call(oauth.QR_CHECK)

    qr_begin = Steps(qr.begin_qr, oauth.QR_START)
    qr_check = Steps(qr.check_qr, oauth.QR_CHECK)
    qr_wait = Steps(qr.wait_for_qr, oauth.QR_CHECK, oauth.TOKEN_CODE)

    @documented(oauth.AUTHORIZE)
    @checked
    def begin_login(
        self,
        redirect_uri: RedirectUri,
        scopes: ScopeNames,
        *,
        with_pkce: WithPkce = True,
        always_ask: AlwaysAsk = True,
        state: State = None,
    ) -> Login:
        """A link to TikTok's consent page for this client's app; nothing is sent.

        Send the creator's browser to `Login.url`, keep the `Login` until the browser returns, then
        call `finish_login`. Request only scopes that are enabled for the app: for any other scope
        TikTok refuses the whole login.
        """
        session = self._session
        if not session.client_key:
            raise ConfigurationError("a login needs the app's client_key: pass it to the client")
        return login.begin_login(
            session.client_key,
            redirect_uri,
            scopes,
            hosts=session.hosts,
            with_pkce=with_pkce,
            always_ask=always_ask,
            state=state,
        )

    finish_login = Steps(login.finish_login, oauth.TOKEN_CODE)
    refresh = Steps(login.refresh, oauth.TOKEN_REFRESH)
    disconnect = Steps(login.disconnect, oauth.REVOKE)
    client_token = Steps(login.client_token, oauth.TOKEN_CLIENT)
