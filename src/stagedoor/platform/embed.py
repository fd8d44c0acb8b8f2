"""oEmbed: the public, token-free view of a video or a profile (`embed.yaml`)."""

from __future__ import annotations

from .model import Answer, Request
from .operation import Auth, Case, Host, Operation, Resource, Retry, Shape

_BAD_URL = (Case(400, "", "bad, private, removed or unknown URL"),)


class OEmbedQuery(Request):
    """`url` is the page of a video (`/@handle/video/ID`) or of a profile (`/@handle`)."""

    url: str
    format: str | None = None


class OEmbedVideo(Answer):
    """`width` and `height` are percent strings."""

    title: str
    author_name: str
    author_url: str
    html: str
    type: str = "video"
    version: str = "1.0"
    width: str | int | None = None
    height: str | int | None = None
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None
    provider_url: str | None = None
    provider_name: str | None = None
    author_unique_id: str | None = None
    embed_product_id: str | None = None
    embed_type: str | None = None


class OEmbedProfile(Answer):
    title: str
    author_name: str
    author_url: str
    html: str
    type: str = "rich"
    version: str = "1.0"
    width: str | int | None = None
    height: str | int | None = None
    provider_url: str | None = None
    provider_name: str | None = None


OEMBED_VIDEO = Operation(
    id="embed.oembed_video",
    method="GET",
    path="/oembed",
    host=Host.WWW,
    selector=("url", "video"),
    request=OEmbedQuery,
    response=OEmbedVideo,
    summary="Get what it takes to embed a public video",
    resource=Resource.VIDEOS,
    action="Embed public videos",
    auth=Auth.NONE,
    shape=Shape.PLAIN,
    retry=Retry.SAFE,
    errors=_BAD_URL,
    source="embed.yaml oembed_video",
)

OEMBED_PROFILE = Operation(
    id="embed.oembed_profile",
    method="GET",
    path="/oembed",
    host=Host.WWW,
    selector=("url", "profile"),
    request=OEmbedQuery,
    response=OEmbedProfile,
    summary="Get what it takes to embed a creator's profile",
    resource=Resource.PROFILE,
    action="Embed public profiles",
    auth=Auth.NONE,
    shape=Shape.PLAIN,
    retry=Retry.SAFE,
    errors=_BAD_URL,
    source="embed.yaml oembed_profile",
)
