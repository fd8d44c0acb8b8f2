"""Short import path for the record types of an archive of a person's data."""

from .platform.products.portability.archive import (
    Comment,
    Favorite,
    Follower,
    Following,
    Like,
    Message,
    Other,
    Post,
    Profile,
    Record,
    Search,
    SignIn,
    Watch,
)

__all__ = [
    "Comment",
    "Favorite",
    "Follower",
    "Following",
    "Like",
    "Message",
    "Other",
    "Post",
    "Profile",
    "Record",
    "Search",
    "SignIn",
    "Watch",
]
