"""The one world behind every product of the emulator: its tables, its time, its settings.

A video published through Content Posting, listed by Display and shown by oEmbed is one `Video`
here. Entities are plain data; behaviour stands in the product folders. Everything is changed on
one thread, between awaits, so a change is never seen half done.
"""

from .clock import Clock, Timer
from .entities import App, Creator, Developer, UrlProperty, Video
from .faults import Fault, FaultKind
from .world import Seen, StateError, World

__all__ = [
    "App",
    "Clock",
    "Creator",
    "Developer",
    "Fault",
    "FaultKind",
    "Seen",
    "StateError",
    "Timer",
    "UrlProperty",
    "Video",
    "World",
]
