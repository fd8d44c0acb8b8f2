"""Images for ads: upload, search, names."""

from __future__ import annotations

import asyncio
from pathlib import Path

from stagedoor.platform.products import business_creatives as creatives
from stagedoor.platform.products.business_creatives import (
    AD_IMAGE,
    MAX_IMAGE,
    ImageFilter,
    ImageQuery,
    ImageRename,
    ImageSearch,
    ImageUpload,
    UploadType,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ...world import World
from ..media.probe import ProbedPhoto, probe_photo
from . import listing, shown, sources
from .sources import UploadSource
from .state import (
    AD_IMAGES,
    IMAGES_BY_CONTENT,
    IMAGES_BY_NAME,
    IMAGES_OF_ADVERTISER,
    IMAGES_OF_MATERIAL,
    AdImage,
    usable_image,
)
from .videos import ready_at


async def upload(call: AdmittedCall) -> creatives.AdImage:
    """Add an image from the body, an address, or an earlier upload."""
    request: ImageUpload = call.request
    match request.upload_type or UploadType.FILE:
        case UploadType.URL:
            url = request.image_url or ""
            async with sources.downloaded(call, url, MAX_IMAGE, sources.IMAGE) as source:
                return await _added(call, source)
        case UploadType.FILE_ID:
            source = sources.stored(call, request.file_id or "", MAX_IMAGE, sources.IMAGE)
            return await _added(call, source)
    sent, signature = request.image_file or b"", request.image_signature or ""
    with sources.received(call, sent, signature, MAX_IMAGE) as source:
        return await _added(call, source)


async def _added(call: AdmittedCall, source: UploadSource) -> creatives.AdImage:
    world, account = call.world, call.ad_account.id
    day = shown.moment(call.now).strftime("%Y%m%d")
    image_id = f"ad-site-i18n-sg/{day}5d0d{world.ids.hexadecimal(24)}"
    name = sources.name_of(call.request.file_name, source, image_id.replace("/", "-"))
    _check_name(call, name)
    facts = await asyncio.to_thread(_probed, source.path)
    _check_name(call, name)
    alike = world[AD_IMAGES].by(IMAGES_BY_CONTENT, (account, source.md5))
    found = AdImage(
        id=image_id,
        advertiser_id=account,
        material_id=alike[0].material_id if alike else world.ids.number(call.now),
        file_name=name,
        signature=source.md5,
        size=source.size,
        path=sources.keep(world, source, f"ad-image-{image_id.replace('/', '-')}"),
        created=call.now,
        modified=call.now,
        ready_at=ready_at(world),
        format=facts.format,
        width=facts.width,
        height=facts.height,
    )
    world[AD_IMAGES].add(found)
    return shown.image(call, found)


def named(world: World, advertiser_id: str, name: str) -> AdImage | None:
    """The ad account's image of this name."""
    return next(iter(world[AD_IMAGES].by(IMAGES_BY_NAME, (advertiser_id, name))), None)


def _check_name(call: AdmittedCall, name: str) -> None:
    if named(call.world, call.ad_account.id, name) is not None:
        raise Refusal("40911", f"The name {name} is already used in this ad account.")


def _probed(path: Path) -> ProbedPhoto:
    """Probe the file; refuse a file that isn't an image for ads. Blocks."""
    facts, fault = probe_photo(path, AD_IMAGE)
    if facts is None or fault is not None:
        said = "it can't be read" if fault is None else fault.detail
        raise Refusal("40904", f"Image content or format not allowed: {said}.")
    return facts


def info(call: AdmittedCall) -> creatives.AdImages:
    """The ad account's images among the asked ids; others are left out."""
    request: ImageQuery = call.request
    found = (_own(call, one) for one in dict.fromkeys(request.image_ids))
    return creatives.AdImages(list=tuple(shown.image(call, one) for one in found if one))


def _own(call: AdmittedCall, image_id: str) -> AdImage | None:
    return usable_image(call.world, call.ad_account.id, image_id)


def search(call: AdmittedCall) -> creatives.AdImagePage:
    """A page of the ad account's images, the newest first; covers are left out."""
    request: ImageSearch = call.request
    asked = request.filtering or ImageFilter()
    table, account = call.world[AD_IMAGES], call.ad_account.id

    def of_material(name: str) -> list[AdImage]:
        return list(table.by(IMAGES_OF_MATERIAL, (account, name)))

    picked = listing.picked(
        lambda one: _own(call, one), of_material, asked.image_ids, asked.material_ids
    )
    by_shape = (asked.width, asked.height, asked.ratio) != (None, None, None)
    found, info = listing.page(
        table.by(IMAGES_OF_ADVERTISER, account) if picked is None else picked,
        (lambda one: listing.of_shape(one, asked)) if by_shape else None,
        request.page,
        request.page_size,
    )
    return creatives.AdImagePage(
        list=tuple(shown.image(call, one) for one in found), page_info=info
    )


def rename(call: AdmittedCall) -> dict[str, str]:
    """Give an image a new name; a name that another image has gets a stamp."""
    request: ImageRename = call.request
    found = _own(call, request.image_id)
    if found is None:
        raise Refusal("40905", f"The image {request.image_id} does not exist.")
    name = request.file_name
    if named(call.world, call.ad_account.id, name) not in (None, found):
        name = sources.stamped(name, call.now)
    found.file_name, found.modified = name, call.now
    return {}


HANDLERS: Handlers = {
    creatives.FILE_IMAGE_UPLOAD: upload,
    creatives.FILE_IMAGE_INFO: info,
    creatives.FILE_IMAGE_SEARCH: search,
    creatives.FILE_IMAGE_UPDATE: rename,
}
