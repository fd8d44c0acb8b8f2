"""Videos for ads: upload, metadata, search, covers, names."""

from __future__ import annotations

import asyncio
from pathlib import Path

from stagedoor.platform.products import business_creatives as creatives
from stagedoor.platform.products.business_creatives import (
    AD_VIDEO,
    MAX_COVERS,
    MAX_VIDEO,
    CoverQuery,
    UploadType,
    VideoFilter,
    VideoQuery,
    VideoRename,
    VideoSearch,
    VideoSort,
    VideoUpload,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ...world import World
from ...world.settings import Processing
from ..business import access
from ..media.probe import ProbedVideo, probe_video
from . import listing, shown, sources
from .frames import write_frame
from .sources import UploadSource
from .state import (
    AD_IMAGES,
    AD_VIDEOS,
    COVERS,
    VIDEOS_BY_CHANGE,
    VIDEOS_BY_CONTENT,
    VIDEOS_BY_NAME,
    VIDEOS_OF_ADVERTISER,
    VIDEOS_OF_MATERIAL,
    AdImage,
    AdVideo,
    is_ready,
    usable_video,
)

_LOW_RESOLUTION, _LOW_SIDE = "LOW_RESOLUTION", 540
_HEAD = 12
_TOO_EARLY = "Insufficient permissions for some videos"


async def upload(call: AdmittedCall) -> bytes:
    """Add a video from the body, an address, an earlier upload, or another ad account."""
    request: VideoUpload = call.request
    match request.upload_type or UploadType.FILE:
        case UploadType.URL:
            url = request.video_url or ""
            async with sources.downloaded(call, url, MAX_VIDEO, sources.VIDEO) as source:
                return await _added(call, source)
        case UploadType.FILE_ID:
            source = sources.stored(call, request.file_id or "", MAX_VIDEO, sources.VIDEO)
            return await _added(call, source)
        case UploadType.VIDEO_ID:
            return _shared(call)
    sent, signature = request.video_file or b"", request.video_signature or ""
    with sources.received(call, sent, signature, MAX_VIDEO) as source:
        return await _added(call, source)


async def _added(call: AdmittedCall, source: UploadSource) -> bytes:
    video_id = _new_id(call.world)
    name = sources.name_of(call.request.file_name, source, video_id)
    _check_name(call, name)
    facts = await asyncio.to_thread(_probed, source.path)
    _check_name(call, name)
    found = AdVideo(
        id=video_id,
        advertiser_id=call.ad_account.id,
        material_id=_material(call, source.md5),
        file_name=name,
        signature=source.md5,
        size=source.size,
        path=sources.keep(call.world, source, f"ad-video-{video_id}"),
        created=call.now,
        modified=call.now,
        ready_at=ready_at(call.world),
        container=facts.container,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        fps=facts.fps,
    )
    return _kept(call, found)


def _shared(call: AdmittedCall) -> bytes:
    """Copy a video of another ad account that the token reaches."""
    request: VideoUpload = call.request
    original = call.world[AD_VIDEOS].get(request.video_id or "")
    if original is None:
        raise Refusal("40905", f"The video {request.video_id} does not exist.")
    access.reached(call, original.advertiser_id)
    name = request.file_name or original.file_name
    _check_name(call, name)
    found = AdVideo(
        id=_new_id(call.world),
        advertiser_id=call.ad_account.id,
        material_id=_material(call, original.signature),
        file_name=name,
        signature=original.signature,
        size=original.size,
        path=original.path,
        created=call.now,
        modified=call.now,
        ready_at=ready_at(call.world),
        container=original.container,
        width=original.width,
        height=original.height,
        seconds=original.seconds,
        fps=original.fps,
    )
    return _kept(call, found)


def _kept(call: AdmittedCall, found: AdVideo) -> bytes:
    request: VideoUpload = call.request
    if request.flaw_detect:
        low = min(found.width, found.height) < _LOW_SIDE
        found.flaws = (_LOW_RESOLUTION,) if low else ()
        if low and request.auto_fix_enabled:
            found.fix_task_id = call.world.ids.number(call.now)
    call.world[AD_VIDEOS].add(found)
    # an array, unlike all other answers
    return b"[%b]" % shown.video(call, found).model_dump_json().encode()


def _new_id(world: World) -> str:
    return f"v10033g50000{world.ids.hexadecimal(20)}"


def ready_at(world: World) -> float | None:
    """When a file that arrives now is processed; None: once the control route is called."""
    match world.settings.processing:
        case Processing.IMMEDIATE:
            return world.now()
        case Processing.TIMED:
            return world.now() + world.settings.processing_seconds
    return None


def _material(call: AdmittedCall, signature: str) -> str:
    """The material id: the same for equal content in an ad account."""
    for one in call.world[AD_VIDEOS].by(VIDEOS_BY_CONTENT, (call.ad_account.id, signature)):
        return one.material_id
    return call.world.ids.number(call.now)


def named(world: World, advertiser_id: str, name: str) -> AdVideo | None:
    """The ad account's video of this name."""
    return next(iter(world[AD_VIDEOS].by(VIDEOS_BY_NAME, (advertiser_id, name))), None)


def _check_name(call: AdmittedCall, name: str) -> None:
    if named(call.world, call.ad_account.id, name) is not None:
        raise Refusal("40911", f"The name {name} is already used in this ad account.")


def _probed(path: Path) -> ProbedVideo:
    """Probe the file; refuse a file that isn't a video, or not a video for ads. Blocks."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not _is_video(head):
        raise Refusal("40908", "The file is no mp4, mov, mpeg, avi or 3gp video.")
    facts, fault = probe_video(path, 0.0, float("inf"), AD_VIDEO)
    if facts is not None and facts.container not in AD_VIDEO.containers:
        raise Refusal("40908", f"The container {facts.container} is not supported.")
    if facts is None or fault is not None:
        said = "it can't be read" if fault is None else fault.detail
        raise Refusal("40916", f"Video content or format not allowed: {said}.")
    return facts


def _is_video(head: bytes) -> bool:
    """Whether the file begins as a video of any container does."""
    in_boxes = head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
    matroska = head.startswith(b"\x1a\x45\xdf\xa3")
    mpeg = head.startswith((b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"))
    return in_boxes or matroska or mpeg or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")


def info(call: AdmittedCall) -> creatives.AdVideos:
    """The ad account's videos among the asked ids; others are left out."""
    request: VideoQuery = call.request
    found = (_own(call, one) for one in dict.fromkeys(request.video_ids))
    return creatives.AdVideos(list=tuple(shown.video(call, one) for one in found if one))


def _own(call: AdmittedCall, video_id: str) -> AdVideo | None:
    found = call.world[AD_VIDEOS].get(video_id)
    return found if found is not None and found.advertiser_id == call.ad_account.id else None


def search(call: AdmittedCall) -> creatives.AdVideoPage:
    """A page of the ad account's videos, the newest first."""
    request: VideoSearch = call.request
    asked = request.filtering or VideoFilter()
    table, account = call.world[AD_VIDEOS], call.ad_account.id
    by_change = request.sort_field is VideoSort.MODIFY_TIME

    def of_material(name: str) -> list[AdVideo]:
        return list(table.by(VIDEOS_OF_MATERIAL, (account, name)))

    picked = listing.picked(
        lambda one: _own(call, one), of_material, asked.video_ids, asked.material_ids
    )
    if picked is not None and by_change:
        picked.sort(key=lambda one: one.modified)
    rows = table.by(VIDEOS_BY_CHANGE if by_change else VIDEOS_OF_ADVERTISER, account)
    narrowed = asked.model_copy(update={"video_ids": None, "material_ids": None})
    plain = narrowed == VideoFilter()
    found, info = listing.page(
        rows if picked is None else picked,
        None if plain else lambda one: _matches(call, one, asked),
        request.page,
        request.page_size,
    )
    return creatives.AdVideoPage(
        list=tuple(shown.video(call, one) for one in found), page_info=info
    )


def _matches(call: AdmittedCall, found: AdVideo, asked: VideoFilter) -> bool:
    ready = is_ready(call.world, found)
    if asked.displayable is not None and ready is not asked.displayable:
        return False
    by_shape = (asked.width, asked.height, asked.ratio) != (None, None, None)
    if by_shape and not (ready and listing.of_shape(found, asked)):
        return False
    if asked.video_name and asked.video_name.casefold() not in found.file_name.casefold():
        return False
    sources_asked = asked.video_material_source
    return sources_asked is None or listing.OWN_SOURCE in sources_asked


async def covers(call: AdmittedCall) -> creatives.VideoCovers:
    """Pictures out of a video, one a second, each an image that ads can use."""
    request: CoverQuery = call.request
    world = call.world
    if _own(call, request.video_id) is None:
        raise Refusal("40001", _TOO_EARLY)
    video = usable_video(world, call.ad_account.id, request.video_id)
    if video is None:
        raise Refusal("40002", _TOO_EARLY)
    count = min(request.poster_number or MAX_COVERS, max(1, int(video.seconds)))
    for number in range(len(world[AD_IMAGES].by(COVERS, video.id)), count):
        await _add_cover(world, video, number)
    found = list(world[AD_IMAGES].by(COVERS, video.id))[:count]
    return creatives.VideoCovers(
        list=tuple(
            creatives.VideoCover(
                id=one.id, url=shown.image_url(call, one), width=one.width, height=one.height
            )
            for one in found
        )
    )


async def _add_cover(world: World, video: AdVideo, number: int) -> None:
    name = f"tos-alisg-p-0051-{video.id.removeprefix('v10033g50000')}{number:02d}"
    path, size = "", (video.width, video.height, 0)
    if video.path:
        target = sources.place(world, f"ad-cover-{name}")
        written = await asyncio.to_thread(write_frame, Path(video.path), float(number), target)
        if written is None:
            return
        path, size = str(target), written
    if name in world[AD_IMAGES]:
        return
    world[AD_IMAGES].add(
        AdImage(
            id=name,
            advertiser_id=video.advertiser_id,
            material_id=world.ids.number(world.now()),
            file_name=f"{name}.jpeg",
            signature="",
            size=size[2],
            path=path,
            created=world.now(),
            modified=world.now(),
            ready_at=world.now(),
            format="jpeg",
            width=size[0],
            height=size[1],
            cover_of=video.id,
            moment=float(number),
        )
    )


def rename(call: AdmittedCall) -> dict[str, str]:
    """Give a video a new name; a name that another video has gets a stamp."""
    request: VideoRename = call.request
    found = _own(call, request.video_id)
    if found is None:
        raise Refusal("40905", f"The video {request.video_id} does not exist.")
    name = request.file_name
    if named(call.world, call.ad_account.id, name) not in (None, found):
        name = sources.stamped(name, call.now)
    found.file_name, found.modified = name, call.now
    return {}


HANDLERS: Handlers = {
    creatives.FILE_VIDEO_UPLOAD: upload,
    creatives.FILE_VIDEO_INFO: info,
    creatives.FILE_VIDEO_SEARCH: search,
    creatives.FILE_VIDEO_SUGGESTCOVER: covers,
    creatives.FILE_VIDEO_UPDATE: rename,
}
