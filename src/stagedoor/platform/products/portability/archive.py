"""The contents of an archive of a person's data: sections, their paths, their records.

Paths and key names were observed by readers of people's own exports; they vary between versions
(`portability.yaml` archive_layout). So a section is found by the last keys of its path, whatever
the keys above them, in any casing and with or without blanks; a record keeps unknown values, and a
value in another form stays text. Known variants of a section's path are in `older` and `files`,
known variants of a key are the other names in `_key`; readers have no other list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from pydantic import AliasChoices, ConfigDict, Field, PlainValidator

from ...model import OPEN, Answer
from .models import Category

JSON_NAME = "user_data_tiktok.json"
OLD_JSON_NAME = "user_data.json"
TEXT_SUFFIX = ".txt"
TIME_FORM = "%Y-%m-%d %H:%M:%S"
"""The format of a moment, in UTC; some sections append the letters UTC."""
CHAT_NAME = "Chat History with {name}:"
CHAT_PREFIX = CHAT_NAME.partition("{")[0].casefold()
_ZONE = " UTC"
_LENGTH = len("2026-11-29 12:00:00")
_from_iso = datetime.fromisoformat


def _moment(value: object) -> datetime | str:
    """Parse a moment, trying the usual form first: archives have millions of moments.

    Used as a plain validator, which is faster.
    """
    if type(value) is str and len(value) == _LENGTH and value[4] == "-" == value[7]:
        try:
            return _from_iso(value + "+00:00")
        except ValueError:
            return value
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if not isinstance(value, str):
        raise ValueError("is no text")
    text = value.removesuffix(_ZONE)
    try:
        if len(text) == _LENGTH and text[4] == text[7] == "-":  # much quicker than strptime
            return datetime.fromisoformat(text + "+00:00")
        if text[:4].isdigit():
            return _other_form(text)
    except ValueError:
        pass
    return value


def _other_form(text: str) -> datetime:
    try:
        return datetime.strptime(text, TIME_FORM).replace(tzinfo=UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime | str, PlainValidator(_moment)]
"""A moment in UTC, as in the file. A value in another form stays text."""

Count = Annotated[int | str, OPEN]
Flag = Annotated[bool | str, OPEN]
"""`Yes` or `No` in the file."""


def _key(name: str, *others: str) -> Any:
    """A field with its key in the file, and the other names that the key has had."""
    return Field(
        default=None, validation_alias=AliasChoices(name, *others), serialization_alias=name
    )


class Record(Answer):
    """One entry of a section. Missing values are None; unknown values are kept."""

    model_config = ConfigDict(validate_by_name=True, ser_json_inf_nan="strings")


class Profile(Record):
    user_name: str | None = _key("userName")
    bio_description: str | None = _key("bioDescription")
    birth_date: str | None = _key("birthDate")
    email_address: str | None = _key("emailAddress")
    telephone_number: str | None = _key("telephoneNumber")
    likes_received: Count | None = _key("likesReceived")
    profile_photo: str | None = _key("profilePhoto")
    profile_video: str | None = _key("profileVideo")


class Post(Record):
    """`link` leads to the video or photo: media isn't in the archive."""

    date: Moment | None = _key("Date", "date")
    link: str | None = _key("Link", "link", "VideoLink")
    likes: Count | None = _key("Likes", "likes")
    who_can_view: str | None = _key("WhoCanView")
    allow_comments: Flag | None = _key("AllowComments")
    allow_stitches: Flag | None = _key("AllowStitches")
    allow_duets: Flag | None = _key("AllowDuets")
    allow_stickers: Flag | None = _key("AllowStickers")
    allow_sharing_to_story: Flag | None = _key("AllowSharingToStory")
    content_disclosure: Flag | None = _key("ContentDisclosure")
    ai_generated_content: Flag | None = _key("AIGeneratedContent")
    sound: str | None = _key("Sound")
    location: str | None = _key("Location")
    title: str | None = _key("Title")


class Follower(Record):
    date: Moment | None = _key("Date", "date")
    user_name: str | None = _key("UserName", "userName")


class Following(Record):
    date: Moment | None = _key("Date", "date")
    user_name: str | None = _key("UserName", "userName")


class Like(Record):
    date: Moment | None = _key("date", "Date")
    link: str | None = _key("link", "Link", "VideoLink")


class Favorite(Record):
    date: Moment | None = _key("Date", "date")
    link: str | None = _key("Link", "link", "VideoLink")


class Watch(Record):
    date: Moment | None = _key("Date", "date")
    link: str | None = _key("Link", "link", "VideoLink")


class Search(Record):
    date: Moment | None = _key("Date", "date")
    search_term: str | None = _key("SearchTerm", "searchTerm")


class SignIn(Record):
    date: Moment | None = _key("Date", "date")
    ip: str | None = _key("IP", "ip")
    device_model: str | None = _key("DeviceModel")
    device_system: str | None = _key("DeviceSystem")
    network_type: str | None = _key("NetworkType")
    carrier: str | None = _key("Carrier")


class Comment(Record):
    date: Moment | None = _key("date", "Date")
    comment: str | None = _key("comment", "Comment")


class Message(Record):
    """`chat` is the other person's name; it comes from the chat's key."""

    date: Moment | None = _key("Date", "date")
    sender: str | None = _key("From", "from")
    content: str | None = _key("Content", "content")
    chat: Annotated[str | None, Field(exclude_if=lambda chat: chat is None)] = None


class Other(Record):
    """An entry of a section that isn't declared: all its values are kept as unknown values."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the archive. `path` is its place; `tails` are the path endings that identify it."""

    name: str
    record: type[Record]
    category: Category
    path: tuple[str, ...]
    older: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()
    """Other names of the section's file in the text format, without the file extension."""
    single: bool = False
    """The section is one object instead of a list."""
    keyed: bool = False
    """The section has several lists, each under a key of its own below `path`."""

    @property
    def file(self) -> str:
        """The section's path in the text format; a keyed section has a file for each key."""
        group, name = self.path[0], self.path[1]
        return f"{group}/{name}{TEXT_SUFFIX}"

    @property
    def tails(self) -> tuple[tuple[str, ...], ...]:
        return (self.path[-2:], *self.older)


PROFILE = Section(
    "profile",
    Profile,
    Category.PROFILE,
    ("Profile", "Profile Info", "ProfileMap"),
    older=(("Profile Information", "ProfileMap"),),
    single=True,
)
POSTS = Section(
    "posts",
    Post,
    Category.VIDEO,
    ("Post", "Posts", "VideoList"),
    older=(("Videos", "VideoList"),),
    files=("Post",),
)
FOLLOWERS = Section(
    "followers",
    Follower,
    Category.PROFILE,
    ("Your Activity", "Follower", "FansList"),
    older=(("Follower List", "FansList"),),
)
FOLLOWING = Section(
    "following",
    Following,
    Category.PROFILE,
    ("Your Activity", "Following", "Following"),
    older=(("Following List", "Following"),),
)
LIKES = Section(
    "likes", Like, Category.ACTIVITY, ("Likes and Favorites", "Like List", "ItemFavoriteList")
)
FAVORITES = Section(
    "favorites",
    Favorite,
    Category.ACTIVITY,
    ("Likes and Favorites", "Favorite Videos", "FavoriteVideoList"),
)
WATCHED = Section(
    "watched",
    Watch,
    Category.ACTIVITY,
    ("Your Activity", "Watch History", "VideoList"),
    older=(("Video Browsing History", "VideoList"), ("Browsing History", "VideoList")),
)
SEARCHES = Section(
    "searches",
    Search,
    Category.ACTIVITY,
    ("Your Activity", "Searches", "SearchList"),
    older=(("Search History", "SearchList"),),
)
COMMENTS = Section(
    "comments",
    Comment,
    Category.ACTIVITY,
    ("Comment", "Comments", "CommentsList"),
    older=(("Comment", "CommentsList"), ("Comment", "Comments")),
)
SIGN_INS = Section(
    "sign_ins", SignIn, Category.ALL_DATA, ("Your Activity", "Login History", "LoginHistoryList")
)
MESSAGES = Section(
    "messages",
    Message,
    Category.DIRECT_MESSAGE,
    ("Direct Message", "Direct Messages", "ChatHistory"),
    older=(("Chat History", "ChatHistory"),),
    keyed=True,
)

SECTIONS = (
    PROFILE,
    POSTS,
    FOLLOWERS,
    FOLLOWING,
    LIKES,
    FAVORITES,
    WATCHED,
    SEARCHES,
    COMMENTS,
    SIGN_INS,
    MESSAGES,
)
BY_NAME = {section.name: section for section in SECTIONS}


def same(key: str) -> str:
    """Normalise a key: remove casing and blanks, which vary between versions."""
    return key.casefold().replace(" ", "")


_BY_TAIL = {tuple(map(same, tail)): section for section in SECTIONS for tail in section.tails}


def section_at(path: tuple[str, ...]) -> Section | None:
    """The declared section for a list or object at this path of the JSON file."""
    if len(path) > 2 and path[-1].casefold().startswith(CHAT_PREFIX):
        found = _BY_TAIL.get(tuple(map(same, path[-3:-1])))
        return found if found is not None and found.keyed else None
    found = _BY_TAIL.get(tuple(map(same, path[-2:])))
    return None if found is None or found.keyed else found


def is_place(path: tuple[str, ...]) -> bool:
    """Whether a declared section has this path, keyed sections included."""
    return tuple(map(same, path[-2:])) in _BY_TAIL


_FILES = {
    same(name): section
    for section in SECTIONS
    if not section.keyed
    for name in (*(tail[0] for tail in section.tails), *section.files)
}


def section_of_file(stem: str) -> Section | None:
    """The declared section of a .txt file; `stem` is the name without the extension."""
    if stem.casefold().startswith(CHAT_PREFIX):
        return MESSAGES
    return _FILES.get(same(stem))


@cache
def keys_of(record: type[Record]) -> dict[str, str]:
    """Each known key of a record, normalised by `same` -> the key that its model reads."""
    known: dict[str, str] = {}
    for field in record.model_fields.values():
        alias = field.validation_alias
        for key in alias.choices if isinstance(alias, AliasChoices) else ():
            known.setdefault(same(str(key)), str(key))
    return known


def chat_with(key: str) -> str:
    """The other person's name, from a chat's key or file name."""
    return key[len(CHAT_PREFIX) :].removesuffix(":").strip()
