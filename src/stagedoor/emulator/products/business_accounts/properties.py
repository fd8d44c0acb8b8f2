"""URL properties of an app. Verified ones are those of which posting pulls media."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from stagedoor.platform.model import Empty
from stagedoor.platform.products import business_accounts
from stagedoor.platform.products.business_accounts import (
    UrlPropertyAnswer,
    UrlPropertyInfo,
    UrlPropertyList,
    UrlPropertyMeta,
    UrlPropertyRequest,
    UrlPropertyStatus,
    UrlPropertyType,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ...hosts import reached_at
from ...world import App, World
from ...world.entities import PropertyKind, UrlProperty
from .state import PROOFS_OF_APP, PROPERTY_PROOFS, PropertyProof

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
_KINDS = {
    UrlPropertyType.DOMAIN: PropertyKind.DOMAIN,
    UrlPropertyType.PREFIX: PropertyKind.PREFIX,
}
_TYPES = {kind: number for number, kind in _KINDS.items()}
_SECONDS = 5.0
_MAX_BYTES = 4_096


def add(call: AdmittedCall) -> UrlPropertyAnswer:
    """Add a URL property; one that is there already is answered as it is."""
    request: UrlPropertyRequest = call.request
    meta, app = request.url_property_meta, call.authorized_app
    _check(meta)
    found = call.world[PROPERTY_PROOFS].get(_key(app, meta))
    if found is None:
        signature = call.world.ids.hexadecimal(32)
        found = PropertyProof(
            app.client_key, _KINDS[UrlPropertyType(meta.property_type)], meta.url, signature
        )
        call.world[PROPERTY_PROOFS].add(found)
    return UrlPropertyAnswer(url_property_info=_shown(found))


async def verify(call: AdmittedCall) -> UrlPropertyAnswer:
    """Check the proof: the file below a prefix is fetched. A domain's DNS record can't be made
    for a local TikTok, so a domain in the host map counts as the developer's own."""
    proof = _found(call)
    verified = (
        _is_mapped(call.world, proof.url)
        if proof.kind is PropertyKind.DOMAIN
        else await _serves(call.world, proof)
    )
    proof.status = UrlPropertyStatus.VERIFIED if verified else UrlPropertyStatus.FAILED
    _forget(call.authorized_app, proof)
    if verified:
        app = call.authorized_app
        made = UrlProperty(proof.kind, proof.url)
        app.url_properties = [*app.url_properties, made]
    return UrlPropertyAnswer(url_property_info=_shown(proof))


def delete(call: AdmittedCall) -> Empty:
    proof = _found(call)
    _forget(call.authorized_app, proof)
    del call.world[PROPERTY_PROOFS][_key(call.authorized_app, call.request.url_property_meta)]
    return Empty()


def listed(call: AdmittedCall) -> UrlPropertyList:
    proofs = call.world[PROPERTY_PROOFS].by(PROOFS_OF_APP, call.authorized_app.client_key)
    return UrlPropertyList(url_property_info_list=tuple(map(_shown, proofs)))


def _check(meta: UrlPropertyMeta) -> None:
    if meta.property_type == UrlPropertyType.DOMAIN:
        if not _DOMAIN.fullmatch(meta.url):
            raise Refusal("40002", "url_property_meta.url: Must be a domain without scheme.")
        return
    try:
        parts = urlsplit(meta.url)
        fits = parts.scheme == "https" and bool(parts.hostname) and meta.url.endswith("/")
    except ValueError:
        fits = False
    if not fits:
        raise Refusal("40002", "url_property_meta.url: Must be an https prefix that ends in /.")


def _key(app: App, meta: UrlPropertyMeta) -> str:
    return f"{app.client_key}:{_KINDS[UrlPropertyType(meta.property_type)]}:{meta.url}"


def _found(call: AdmittedCall) -> PropertyProof:
    request: UrlPropertyRequest = call.request
    proof = call.world[PROPERTY_PROOFS].get(_key(call.authorized_app, request.url_property_meta))
    if proof is None:
        raise Refusal("40007", "The URL property does not exist.")
    return proof


def _forget(app: App, proof: PropertyProof) -> None:
    gone = UrlProperty(proof.kind, proof.url)
    app.url_properties = [one for one in app.url_properties if one != gone]


def _is_mapped(world: World, domain: str) -> bool:
    return reached_at(world, f"https://{domain}/") is not None


async def _serves(world: World, proof: PropertyProof) -> bool:
    """Whether the prefix serves the file with the signature."""
    import httpx2

    address = reached_at(world, proof.url + proof.file_name)
    if address is None:
        return False
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=_SECONDS) as client:
            answer = await client.get(address)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):
        return False
    return answer.status_code == 200 and proof.signature in answer.text[:_MAX_BYTES]


def _shown(proof: PropertyProof) -> UrlPropertyInfo:
    return UrlPropertyInfo(
        property_type=_TYPES[proof.kind],
        url=proof.url,
        property_status=proof.status,
        signature=proof.signature,
        file_name=proof.file_name,
    )


HANDLERS: Handlers = {
    business_accounts.PROPERTY_ADD: add,
    business_accounts.PROPERTY_VERIFY: verify,
    business_accounts.PROPERTY_DELETE: delete,
    business_accounts.PROPERTY_LIST: listed,
}
