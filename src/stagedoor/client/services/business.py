"""Authorization, ad accounts and Business Centers of TikTok API for Business."""

from __future__ import annotations

from stagedoor.platform.arguments import checked
from stagedoor.platform.products import business, oauth
from stagedoor.platform.products.business import (
    AssetMember,
    AssetMemberQuery,
    AssetQuery,
    Center,
    CenterAsset,
    CenterQuery,
    Member,
    MemberQuery,
)

from .. import business_login, login
from ..describe import documented
from ..errors import ConfigurationError
from ..login import AlwaysAsk, Login, RedirectUri, ScopeNames
from ..parameters import State
from ..service import Call, M, Service, Steps, Walk
from ..walks import Walked


class BusinessOAuth(Service[M]):
    """Connecting and disconnecting ad accounts and TikTok accounts."""

    exchange_auth_code = Call(business.OAUTH2_ACCESS_TOKEN)
    exchange_oauth_code = Call(business.OAUTH2_TOKEN)
    revoke_token = Call(business.OAUTH2_REVOKE_TOKEN)
    exchange_account_code = Call(business.TT_USER_TOKEN)
    exchange_refresh_token = Call(business.TT_USER_REFRESH)
    revoke_account = Call(business.TT_USER_REVOKE)
    token_info = Call(business.TT_USER_TOKEN_INFO)

    @documented(business.PORTAL_AUTH)
    @checked
    def begin_advertiser_login(self, redirect_uri: RedirectUri, *, state: State = None) -> Login:
        """A link to the page where a person lets the app use ad accounts; nothing is sent.

        Send the person's browser to `Login.url`, keep the `Login` until the browser returns, then
        call `finish_advertiser_login`. The permissions are those of the app's settings.
        """
        session = self._session
        return business_login.advertiser_login(self._app_id(), redirect_uri, session.hosts, state)

    @documented(oauth.AUTHORIZE)
    @checked
    def begin_account_login(
        self,
        redirect_uri: RedirectUri,
        scopes: ScopeNames,
        *,
        always_ask: AlwaysAsk = True,
        state: State = None,
    ) -> Login:
        """A link to the page where an account holder allows the app; nothing is sent.

        Send the account holder's browser to `Login.url`, keep the `Login` until the browser
        returns, then call `finish_account_login`. With `always_ask` False, TikTok sends a person
        who allowed the same scopes before straight back, without a code.
        """
        return login.begin_login(
            self._app_id(),
            redirect_uri,
            scopes,
            hosts=self._session.hosts,
            with_pkce=False,
            always_ask=always_ask,
            state=state,
        )

    finish_advertiser_login = Steps(
        business_login.finish_advertiser_login, business.OAUTH2_ACCESS_TOKEN
    )
    finish_account_login = Steps(business_login.finish_account_login, business.TT_USER_TOKEN)
    refresh = Steps(business_login.refresh, business.TT_USER_REFRESH)
    disconnect = Steps(
        business_login.disconnect, business.TT_USER_REVOKE, business.OAUTH2_REVOKE_TOKEN
    )

    def _app_id(self) -> str:
        if not self._session.client_key:
            raise ConfigurationError("a login needs the app's id: pass app_id to the client")
        return self._session.client_key


class AllCenters(Walked[Center], CenterQuery):
    """The person's Business Centers, page by page."""


class AllCenterAssets(Walked[CenterAsset], AssetQuery):
    """The assets of a Business Center, page by page."""


class AllCenterMembers(Walked[Member], MemberQuery):
    """The members of a Business Center, page by page."""


class AllCenterAssetMembers(Walked[AssetMember], AssetMemberQuery):
    """The members who have access to an asset of a Business Center, page by page."""


class Advertisers(Service[M]):
    """Ad accounts, Business Centers, and the person who authorised the app."""

    list = Call(business.OAUTH2_ADVERTISER_GET)
    info = Call(business.ADVERTISER_INFO)
    user = Call(business.BUSINESS_USER_INFO)
    centers = Call(business.BC_GET)
    center_assets = Call(business.BC_ASSET_GET)
    center_members = Call(business.BC_MEMBER_GET)
    center_asset_members = Call(business.BC_ASSET_MEMBER_GET)
    all_centers = Walk(business.BC_GET, AllCenters)
    all_center_assets = Walk(business.BC_ASSET_GET, AllCenterAssets)
    all_center_members = Walk(business.BC_MEMBER_GET, AllCenterMembers)
    all_center_asset_members = Walk(business.BC_ASSET_MEMBER_GET, AllCenterAssetMembers)
