"""The one world behind every product of the emulator: its entities, its time, its seeds.

A video published through Content Posting, listed by Display and shown by oEmbed is one `Video`
here. Entities are plain data; behaviour stands in the product folders. Everything is changed on
one thread, between awaits, so a change is never seen half done.
"""

from .clock import Clock, Timer
from .entities import (
    AccessToken,
    App,
    AuthCode,
    Creator,
    Delivery,
    Developer,
    Export,
    Grant,
    Publish,
    RefreshToken,
    Upload,
    UrlProperty,
    Video,
)
from .faults import Fault, FaultKind
from .world import Seen, World

__all__ = [
    "AccessToken",
    "App",
    "AuthCode",
    "Clock",
    "Creator",
    "Delivery",
    "Developer",
    "Export",
    "Fault",
    "FaultKind",
    "Grant",
    "Publish",
    "RefreshToken",
    "Seen",
    "Timer",
    "Upload",
    "UrlProperty",
    "Video",
    "World",
]
