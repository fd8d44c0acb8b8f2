"""Connecting accounts, and the organisation's integrations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from stagedoor.platform.bounds import AtMost

from ..api import CallerIs, needs, router
from ..apps.errors import NoApp, SecretLost
from ..bodies import takes
from ..documented import raises
from ..errors import ApiError, ObjectNotFound
from ..provided import provided
from ..queries import Cursor
from ..shapes import Distinct, Model, ResponseModel, example, moment
from ..tenants.roles import Role
from . import ad_account_routes, pages
from .accounts import Credential, CredentialKind, CredentialStatus, Integration, switched_off
from .authorization import Authorization
from .errors import LeaseLost, NoCredential, NothingToAsk, ReturnUrlRefused
from .last_sync import LastSync
from .return_urls import ReturnUrls
from .service import Integrations

_TENANT = router(tags=["integrations"])
_PUBLIC = APIRouter(tags=["connect"])

IntegrationsAre = Annotated[Integrations, provided(Integrations)]
AuthorizationIs = Annotated[Authorization, provided(Authorization)]
LastSyncIs = Annotated[LastSync, provided(LastSync)]
ReturnUrlsAre = Annotated[ReturnUrls, provided(ReturnUrls)]

_Scope = Annotated[str, Field(min_length=1, max_length=100)]
_Url = Annotated[str, Field(min_length=1, max_length=2000)]
_Id = Annotated[str, Field(min_length=1, max_length=64)]


class AuthUrlBody(Model):
    """The login to begin."""

    model_config = example(
        scopes=["user.info.basic", "video.publish"],
        returnUrl="https://app.example.com/settings/tiktok",
    )

    scopes: Annotated[list[_Scope], Field(min_length=1), AtMost(50)] | None = None
    """The scopes to ask for. Default: all that the app is known to have. `ads` has none: the app's
    settings at TikTok decide its permissions."""
    return_url: _Url
    """Where the browser comes back to, with `integration` and `integrationId` in the query."""
    kind: CredentialKind = CredentialKind.CREATOR
    """`creator` (Login Kit), `businessAccount` or `ads` (TikTok API for Business)."""
    integration_id: _Id | None = None
    """Renews that integration's credential of this kind, for the same account, or adds one."""


class UnavailableShown(ResponseModel):
    """A scope that can't be asked for in this flow."""

    scope: str
    """The scope that can't be asked for in this flow."""
    reason: str
    """Why it can't."""
    where: str
    """Where the scope can be had instead."""


class AuthUrlShown(ResponseModel):
    """A login that began."""

    auth_url: str
    """TikTok's consent page: send the creator's browser there."""
    state: str
    """The login's state, which TikTok sends back; valid once and for some minutes."""
    requested: list[str]
    """The scopes that the page asks for."""
    unavailable: list[UnavailableShown]
    """The scopes that were left out, each with the reason."""
    warnings: list[str]
    """Warnings about the URL, in words."""


class ReturnUrlsBody(Model):
    """The URLs that logins may return to."""

    return_urls: Annotated[list[_Url], AtMost(100), Distinct()]
    """The whole list of URLs that logins may return to; empty: any."""


class ReturnUrlsShown(ResponseModel):
    """The URLs that logins may return to."""

    return_urls: list[str]
    """The URLs that logins may return to; empty: any."""


class CredentialProblemShown(ResponseModel):
    """The last failure of a credential."""

    code: str
    """TikTok's code, or the service's."""
    message: str
    """The error's text: the event, and the next step."""
    log_id: str | None
    at: datetime
    """When it happened, in UTC."""


class SwitchedOffShown(ResponseModel):
    """A feature that doesn't work without a missing scope."""

    scope: str
    """The missing scope."""
    what: str
    """The features that need it, in TikTok's words."""


class CredentialShown(ResponseModel):
    """A creator's authorization, without any secret."""

    kind: CredentialKind
    """`creator`, `businessAccount` or `ads`."""
    status: CredentialStatus
    """`active`, `error` (the last refresh failed, it is retried), `expired` or `revoked` (connect
    again)."""
    granted: list[str]
    """Scopes that may be used; for `ads` the ids of permissions."""
    missing: list[str]
    """Scopes that were asked for and aren't granted."""
    switched_off: list[SwitchedOffShown]
    """The features that don't work without the missing scopes."""
    expires_at: datetime | None
    """The expiry of the access token, which is renewed as needed."""
    renewable_until: datetime | None
    """Until when the tokens can be renewed without the creator, in UTC; null: unknown."""
    last_error: CredentialProblemShown | None
    """The last failure of the credential; null: none since it was last renewed."""


class IntegrationShown(ResponseModel):
    """A connected account."""

    id: str
    """The id of the connected account: `integrationId` elsewhere."""
    platform: Literal["tiktok"] = "tiktok"
    """The platform of the account."""
    account_name: str
    """The account's name, for people."""
    username: str | None
    """The creator's name at TikTok, without @; null: its scope isn't granted."""
    display_name: str | None
    """The creator's display name; null: its scope isn't granted."""
    avatar_url: str | None
    """The creator's picture at TikTok; the URL expires after some hours."""
    status: CredentialStatus
    """The status of the account, from its credentials."""
    credentials: list[CredentialShown]
    """The creator's authorizations, without any secret."""
    ad_accounts: list[str]
    """Ids of the ad accounts (advertisers) that the `ads` credential reaches."""
    last_sync_at: datetime | None
    """When the account was last synced, in UTC; null: never."""
    created_at: datetime
    """When the account was first connected, in UTC."""
    connected_at: datetime
    """When the creator last gave consent, in UTC."""


class IntegrationsShown(ResponseModel):
    """A page of connected accounts."""

    integrations: list[IntegrationShown]
    """The connected accounts of this page."""
    next_cursor: str | None


def _credential(credential: Credential) -> CredentialShown:
    grant = credential.grant
    problem = grant.problem
    return CredentialShown(
        kind=credential.kind,
        status=credential.status,
        granted=list(credential.granted),
        missing=list(credential.missing),
        switched_off=[
            SwitchedOffShown(scope=scope, what=switched_off(scope)) for scope in credential.missing
        ],
        expires_at=moment(grant.expires_at),
        renewable_until=moment(grant.refresh_expires_at),
        last_error=None
        if problem is None
        else CredentialProblemShown(
            code=problem.code,
            message=problem.message,
            log_id=problem.log_id,
            at=moment(problem.at),
        ),
    )


def _shown(integration: Integration, synced: Mapping[str, float]) -> IntegrationShown:
    grant = integration.grant
    return IntegrationShown(
        id=integration.id,
        account_name=grant.name,
        username=grant.username,
        display_name=grant.display_name,
        avatar_url=grant.avatar_url,
        status=integration.status,
        credentials=[_credential(one) for one in integration.credentials],
        ad_accounts=[one.id for one in integration.ad_accounts],
        last_sync_at=None if (at := synced.get(integration.id)) is None else moment(at),
        created_at=moment(integration.created),
        connected_at=moment(integration.connected_at),
    )


@_TENANT.post("/api/upstream/call/tiktok-provider/get-auth-url", dependencies=[needs(Role.ADMIN)])
@raises(NoApp, SecretLost, NothingToAsk, ReturnUrlRefused, ObjectNotFound)
def get_auth_url(
    body: AuthUrlBody, caller: CallerIs, authorization: AuthorizationIs
) -> AuthUrlShown:
    """Make a link to TikTok's consent page; the browser comes back to `returnUrl`."""
    started = authorization.begin(
        caller.org, body.return_url, body.scopes, body.integration_id, body.kind
    )
    return AuthUrlShown(
        auth_url=started.auth_url,
        state=started.state,
        requested=list(started.choice.requested),
        unavailable=[
            UnavailableShown(scope=one.scope, reason=one.reason, where=one.where)
            for one in started.choice.unavailable
        ],
        warnings=list(started.warnings),
    )


@_TENANT.get("/api/settings/return-urls", dependencies=[needs(Role.ADMIN)])
def show_return_urls(caller: CallerIs, allowed: ReturnUrlsAre) -> ReturnUrlsShown:
    """List the URLs that logins may return to; while the list is empty, any URL is allowed."""
    return ReturnUrlsShown(return_urls=allowed.listed(caller.org))


@_TENANT.put("/api/settings/return-urls", dependencies=[needs(Role.ADMIN)])
@takes(256 << 10)
@raises(ReturnUrlRefused)
def set_return_urls(
    body: ReturnUrlsBody, caller: CallerIs, allowed: ReturnUrlsAre
) -> ReturnUrlsShown:
    """Replace the list. A `returnUrl` must have the scheme, host, port and path of one of these
    URLs."""
    return ReturnUrlsShown(return_urls=allowed.set(caller.org, body.return_urls))


@_TENANT.get("/api/integrations", dependencies=[needs(Role.VIEWER)])
def list_integrations(
    caller: CallerIs,
    integrations: IntegrationsAre,
    last_sync: LastSyncIs,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> IntegrationsShown:
    """List the accounts that the organisation connected."""
    page = integrations.page(caller.org, cursor, limit)
    synced = last_sync.of(caller.org, [one.id for one in page.items])
    return IntegrationsShown(
        integrations=[_shown(one, synced) for one in page.items], next_cursor=page.next_cursor
    )


@_TENANT.get("/api/integrations/{integration_id}", dependencies=[needs(Role.VIEWER)])
def show_integration(
    integration_id: str, caller: CallerIs, integrations: IntegrationsAre, last_sync: LastSyncIs
) -> IntegrationShown:
    """Show a connected account."""
    found = integrations.get(caller.org, integration_id)
    return _shown(found, last_sync.of(caller.org, [found.id]))


@_TENANT.delete(
    "/api/integrations/{integration_id}", dependencies=[needs(Role.ADMIN)], status_code=204
)
@raises(LeaseLost)
def delete_integration(
    integration_id: str, caller: CallerIs, integrations: IntegrationsAre
) -> None:
    """End the organisation's use of the account; its post history stays."""
    integrations.delete(caller.org, integration_id)


@_TENANT.delete(
    "/api/integrations/{integration_id}/credentials/{kind}",
    dependencies=[needs(Role.ADMIN)],
    status_code=204,
)
@raises(NoCredential, LeaseLost)
def delete_credential(
    integration_id: str,
    kind: Annotated[CredentialKind, Path(description="The credential to end.", examples=["ads"])],
    caller: CallerIs,
    integrations: IntegrationsAre,
) -> None:
    """End one credential of the account. The record stays while it has another one;
    `DELETE /api/integrations/<id>` ends all. TikTok is told to revoke only what no other
    organisation uses."""
    integrations.delete(caller.org, integration_id, kind)


_PAGE = {"content": {"text/html": {"schema": {"type": "string"}}}}
_CALLBACK: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in {
            "state": "The state of the login, as get-auth-url gave it.",
            "code": "TikTok's code, once the creator has consented.",
            "error": "TikTok's word for why there is no code.",
        }.items()
    ]
}


@_PUBLIC.get(
    "/connect/oauth2callback/tiktok",
    status_code=302,
    response_class=RedirectResponse,
    responses={
        302: {"description": "Back to `returnUrl`, with `integration` and the outcome added."},
        400: {"description": "The state is no state of this service, or is over.", **_PAGE},
        503: {"description": "The service can't be asked now.", **_PAGE},
    },
    openapi_extra=_CALLBACK,
)
def come_back(request: Request, authorization: AuthorizationIs) -> Response:
    """TikTok redirects the person's browser here; it is redirected on to the application it came
    from."""
    try:
        where = authorization.finish(request.url.query)
    except ApiError as error:
        return pages.not_connected(error.message, error.http)
    return RedirectResponse(where, 302, pages.HEADERS)


ROUTER = APIRouter()
for _part in (_TENANT, _PUBLIC, ad_account_routes.ROUTER):
    ROUTER.include_router(_part)
