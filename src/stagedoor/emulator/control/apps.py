"""Creates and changes apps, as TikTok's developer portal does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stagedoor.platform.permissions import ACCOUNT_SCOPES, ROOTS
from stagedoor.platform.products.oauth import MAX_SANDBOX_TARGET_USERS
from stagedoor.platform.scopes import PORTABILITY_SCOPES, Scope

from ..products.oauth import redirects
from ..world import App, Creator, Developer, UrlProperty, World
from ..world.entities import AppState, PropertyKind
from .bodies import AppPatch, NewAppBody
from .errors import ControlError, unknown, wrong

_KNOWN_SCOPES = frozenset({*(str(scope) for scope in Scope), *ACCOUNT_SCOPES})


def find(world: World, client_key: str) -> App:
    app = world.apps.get(client_key)
    if app is None:
        raise unknown("app", client_key)
    return app


def creator_named(world: World, username: str) -> Creator:
    creator = world.creator_named(username.removeprefix("@"))
    if creator is None:
        raise unknown("creator", username)
    return creator


def create(world: World, body: NewAppBody) -> App:
    key = body.client_key or (
        world.ids.number(world.now()) if body.business else world.ids.client_key(body.sandbox)
    )
    if body.business and not (key.isascii() and key.isdigit()):
        raise wrong("client_key", "is the numeric id of an app of TikTok API for Business")
    if key in world.apps:
        raise ControlError(409, f"There is an app {key!r} already.")
    app = App(
        client_key=key,
        client_secret=body.client_secret or world.ids.client_secret(),
        name=body.name,
        developer_id=_developer(world, body.developer_id).id,
        state=AppState.DRAFT,
        sandbox=body.sandbox,
        audited=False,
        business=body.business,
        permissions=list(ROOTS) if body.business else [],
    )
    _apply(world, app, body)
    world.apps[key] = app
    return app


def change(world: World, client_key: str, body: AppPatch) -> App:
    app = find(world, client_key)
    _apply(world, app, body)
    return app


def shown(world: World, app: App) -> dict[str, Any]:
    """All properties of an app, including the secret, as the portal shows them to its owner."""
    return {
        "client_key": app.client_key,
        "client_secret": app.client_secret,
        "name": app.name,
        "developer_id": app.developer_id,
        "state": app.state.value,
        "sandbox": app.sandbox,
        "business": app.business,
        "tier": app.tier.value,
        "target_users": [
            creator.username if (creator := world.creators.get(one)) else one
            for one in app.target_users
        ],
        "audited": app.audited,
        "capped": app.capped,
        "user_cap": app.user_cap,
        "scopes": list(app.scopes),
        "redirect_uris": {kind.value: list(uris) for kind, uris in app.redirect_uris.items()},
        "any_redirect": app.any_redirect,
        "any_url": app.any_url,
        "url_properties": [
            {"kind": one.kind.value, "value": one.value} for one in app.url_properties
        ],
        "webhook_url": app.webhook_url,
        "limits": {name: list(limit) for name, limit in app.limits.items()},
    }


def _developer(world: World, developer_id: str | None) -> Developer:
    if developer_id is not None:
        found = world.developers.get(developer_id)
        if found is None:
            raise unknown("developer", developer_id)
        return found
    if world.developers:
        return next(iter(world.developers.values()))
    developer = Developer(world.ids.number(world.now()), "Developer")
    world.developers.add(developer)
    return developer


def _apply(world: World, app: App, body: AppPatch) -> None:
    """Apply a patch; everything is checked first, so a refused request changes nothing."""
    given = body.model_fields_set
    targets = _targets(world, app, body)
    _check(app, body)
    if body.redirect_uris is not None:
        app.redirect_uris = body.redirect_uris
    if body.scopes is not None:
        app.scopes = list(dict.fromkeys(body.scopes))
    if targets is not None:
        app.target_users = targets
    if body.url_properties is not None:
        app.url_properties = [UrlProperty(one.kind, one.value) for one in body.url_properties]
    if "webhook_url" in given:
        app.webhook_url = body.webhook_url
    if "user_cap" in given:
        app.user_cap = body.user_cap
    if body.limits is not None:
        app.limits = dict(body.limits)
    if body.tier is not None:
        app.tier = body.tier
    if body.name is not None:
        app.name = body.name
    if body.state is not None:
        app.state = body.state
    if body.audited is not None:
        app.audited = body.audited
    if body.capped is not None:
        app.capped = body.capped


def _check(app: App, body: AppPatch) -> None:
    for kind, uris in (body.redirect_uris or {}).items():
        why = redirects.problem_of_list(kind, uris)
        if why is not None:
            raise wrong(f"redirect_uris.{kind.value}", why)
    for index, name in enumerate(body.scopes or ()):
        if name not in _KNOWN_SCOPES:
            raise wrong(f"scopes.{index}", f"is no scope of TikTok's: {name!r}")
        if app.sandbox and name in PORTABILITY_SCOPES:
            raise wrong(f"scopes.{index}", "is not for a sandbox (oauth.yaml sandbox.excluded)")
    if body.limits:
        from stagedoor.platform import catalogue

        for name in body.limits:
            if name not in catalogue.operations():
                raise wrong(f"limits.{name}", "is no operation")
    for index, one in enumerate(body.url_properties or ()):
        why = _property_problem(one.kind, one.value)
        if why is not None:
            raise wrong(f"url_properties.{index}.value", why)
    if body.webhook_url is not None and not _is_callback(body.webhook_url):
        # TikTok requires https; receivers of the emulator's webhooks may be local (webhooks.yaml).
        raise wrong("webhook_url", "must be https, or http on this machine")
    if app.sandbox and body.audited:
        raise wrong("audited", "is not for a sandbox: TikTok audits the live app")


def _targets(world: World, app: App, body: AppPatch) -> list[str] | None:
    if body.target_users is None:
        return None
    if not app.sandbox:
        raise wrong("target_users", "are for sandbox apps only")
    if len(body.target_users) > MAX_SANDBOX_TARGET_USERS:
        raise wrong("target_users", f"are at most {MAX_SANDBOX_TARGET_USERS}")
    found = []
    for index, username in enumerate(body.target_users):
        try:
            found.append(creator_named(world, username).id)
        except ControlError as error:
            raise wrong(f"target_users.{index}", error.message) from None
    return found


def _property_problem(kind: PropertyKind, value: str) -> str | None:
    """The rules of `media.yaml`, pull_from_url.ownership; None for a valid property."""
    if kind is PropertyKind.DOMAIN:
        bare = "/" not in value and ":" not in value and "." in value
        return None if bare else "must be a bare domain, such as static.example.com"
    try:
        parts = urlsplit(value)
    except ValueError:
        return "is no URL"
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        return "must be https:// + host + path, without query"
    return None if value.endswith("/") else "must end with a slash"


def _is_callback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and redirects.is_loopback(host))
