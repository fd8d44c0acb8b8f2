"""The world that all products of the emulator share: its tables, its clock, its settings.

A video published through Content Posting, listed by Display and shown by oEmbed is the same
`Video` here. Entities are plain data; behaviour is in the product folders. All changes are made
on one thread, between awaits, so no other code sees a partial change.
"""

from .clock import Timer, WorldClock
from .entities import App, Creator, Developer, UrlProperty, Video
from .faults import Fault, FaultKind
from .world import RecordedRequest, StateError, World, WorldFileError

__all__ = [
    "App",
    "Creator",
    "Developer",
    "Fault",
    "FaultKind",
    "RecordedRequest",
    "StateError",
    "Timer",
    "UrlProperty",
    "Video",
    "World",
    "WorldClock",
    "WorldFileError",
]
