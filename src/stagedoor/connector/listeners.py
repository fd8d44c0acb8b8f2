"""Where a higher layer registers listeners, before the processes start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .actions import Actions
from .data_kinds import DataKind
from .event_types import EventType
from .notices.service import Link
from .publishing.transitions import Listener as TransitionListener
from .reference import PathItems
from .webhooks.dispatch import Follower as EventFollower
from .witness.service import WitnessHooks


@dataclass
class Listeners:
    """Listeners of a higher layer. It is made before the services, which get the listeners
    injected."""

    transitions: list[TransitionListener] = field(default_factory=list)
    """Listeners to transitions of posts that a higher layer asked for."""
    events: list[EventFollower] = field(default_factory=list)
    """Called with each event that TikTok sent of an organisation's account or ad account."""
    notice_links: dict[EventType, Link] = field(default_factory=dict)
    """Functions that make a notice's URL, by the kind of notice."""
    witness: WitnessHooks = field(default_factory=WitnessHooks)
    actions: Actions = field(default_factory=Actions)
    """Records what people do."""
    data_kinds: dict[str, Callable[[], Sequence[DataKind]]] = field(default_factory=dict)
    """The kinds of data that a higher layer keeps."""
    described: list[PathItems] = field(default_factory=list)
    """Paths of the OpenAPI document that applications in front of the framework serve."""
