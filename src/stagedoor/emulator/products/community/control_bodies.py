"""The request bodies of the community's control routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from stagedoor.platform.products.research import MAX_PINS
from stagedoor.platform.regions import REGION_CODES
from stagedoor.platform.vocabulary import CommercialLabel, PrivacyLevel

from ...control_bodies import ControlBody
from ...world.bounds import Span


def _listed(region: str) -> str:
    if region not in REGION_CODES:
        raise ValueError(f"is no region that TikTok lists: {region!r}")
    return region


Region = Annotated[str, AfterValidator(_listed)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Price = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]{1,2})?[A-Z]{3}$")]
"""An amount with its currency: `20.79EUR`."""
Count = Annotated[int, Field(ge=0)]
MAX_VIDEOS = 100_000
"""The most videos of one request."""


class NewPerson(ControlBody):
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{2,24}$")]
    display_name: Text | None = None
    region: Region = "US"
    minor: bool = False
    private: bool = False
    likes_public: bool = False
    following_public: bool = True


class PersonChange(ControlBody):
    """A change of a creator or a member of the audience; only the given members are changed."""

    region: Region | None = None
    minor: bool | None = None
    private: bool | None = None
    likes_public: bool | None = None
    following_public: bool | None = None
    bio_url: str | None = None


class VideoBody(ControlBody):
    """A post as if made in TikTok's app; `age` is in seconds before now."""

    title: Annotated[str, Field(max_length=2_200)] = ""
    age: Span = 0
    privacy: PrivacyLevel = PrivacyLevel.PUBLIC_TO_EVERYONE
    duration: Annotated[int, Field(ge=1, le=3_600)] = 15
    views: Count = 0
    likes: Count = 0
    comments: Count = 0
    shares: Count = 0
    favorites: Count = 0
    music: str = ""
    effects: list[str] = Field(default_factory=list)
    stickers: list[str] = Field(default_factory=list)
    voice_to_text: str = ""
    label: CommercialLabel | None = None
    notice: str = ""
    ai_labelled: bool = False
    ai_made: bool = False
    earns_commission: bool = False
    stem_verified: bool = False


class NewVideo(VideoBody):
    """A post of `creator`, a username."""

    creator: str


class NewVideos(ControlBody):
    """`count` posts, spread evenly over the last `days`; the `titles` are used in turn."""

    creator: str
    count: Annotated[int, Field(ge=1, le=MAX_VIDEOS)]
    days: Annotated[float, Field(gt=0, le=3_650, allow_inf_nan=False)] = 30
    titles: Annotated[
        tuple[Annotated[str, Field(max_length=2_200)], ...], Field(min_length=1, max_length=100)
    ] = ("",)


class NewComment(ControlBody):
    """A new comment; `parent_id` is the comment that it answers."""

    author: str
    text: Annotated[str, Field(max_length=150)]
    parent_id: str | None = None


class Doer(ControlBody):
    """The person who likes or reposts."""

    person: str


class NewFollow(ControlBody):
    follower: str
    followed: str


class Pins(ControlBody):
    video_ids: Annotated[list[str], Field(max_length=MAX_PINS)]


class NewPlaylist(ControlBody):
    creator: str
    name: Text
    video_ids: list[str]


class NewShop(ControlBody):
    name: Text
    region: Region = "DE"
    performance: Annotated[int, Field(ge=0, le=100)] = 90


class NewProduct(ControlBody):
    name: Text
    description: str = ""
    prices: list[Price] = Field(default_factory=list)
    sold: Count = 0


class NewReview(ControlBody):
    """A new review; its rating is added to the product's ratings."""

    stars: Annotated[int, Field(ge=1, le=5)]
    text: str = ""


class QuotaUse(ControlBody):
    """The use of a quota today; members that aren't given stay unchanged."""

    requests: Count | None = None
    records: Count | None = None
