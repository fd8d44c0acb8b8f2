"""oEmbed: the card of a post or a profile (`embed.yaml`)."""

from __future__ import annotations

from stagedoor.platform.products.embed import (
    VIDEO,
    OEmbedProfile,
    OEmbedQuery,
    OEmbedVideo,
    PageAddress,
    address,
    use_of,
)

from ... import cdn, links
from ...calls import AdmittedCall, Refusal
from ...world import Creator, Video, World
from ...world.state import BY_HANDLE


def kind_of(url: str) -> str:
    """The kind of page of this URL, VIDEO or PROFILE; VIDEO for any other URL."""
    return use_of(url) or VIDEO


def _video(world: World, found: PageAddress | None) -> Video | None:
    """The video of a page's address; None if there is none."""
    if found is None or found.use != VIDEO:
        return None
    video_id = found.video_id
    if found.code is not None:
        video_id = links.unshortened(found.code)
    return None if video_id is None else world.videos.get(video_id)


def video_card(call: AdmittedCall) -> OEmbedVideo:
    request: OEmbedQuery = call.request
    video = _video(call.world, address(request.url))
    if video is None or not call.world.is_public(video):
        raise _bad_url(call)
    creator = call.world.creators[video.creator_id]
    return _card(call, creator, video)


def profile_card(call: AdmittedCall) -> OEmbedProfile:
    request: OEmbedQuery = call.request
    found = address(request.url)
    creator = by_handle(call.world, found.handle) if found and found.handle else None
    if creator is None or creator.private:
        raise _bad_url(call)
    return OEmbedProfile(
        version="1.0",
        type="rich",
        title=f"{creator.display_name}'s Creator Profile",
        author_url=links.profile(creator),
        author_name=creator.display_name,
        width="100%",
        height="100%",
        html=links.profile_html(creator),
        provider_url=links.WWW,
        provider_name="TikTok",
    )


def by_handle(world: World, handle: str) -> Creator | None:
    found = world.creators.by(BY_HANDLE, handle.removeprefix("@").casefold())
    return found[0] if found else None


def _card(call: AdmittedCall, creator: Creator, video: Video) -> OEmbedVideo:
    return OEmbedVideo(
        version="1.0",
        type="video",
        title=video.title,
        author_url=links.profile(creator),
        author_name=creator.display_name,
        width="100%",
        height="100%",
        html=links.embed_html(creator, video, "oembed"),
        thumbnail_width=video.width,
        thumbnail_height=video.height,
        thumbnail_url=cdn.cover_url(call.world, call.base_url, video, call.now),
        provider_url=links.WWW,
        provider_name="TikTok",
        author_unique_id=creator.username,
        embed_product_id=video.id,
        embed_type="video",
    )


def _bad_url(call: AdmittedCall) -> Refusal:
    status = call.world.settings.oembed_bad_url_status
    return Refusal("invalid_params", "Something went wrong", status)
