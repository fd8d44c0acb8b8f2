"""The ids of creatives, `creativeId`: what an ad shows, named by TikTok's own ids.

`video:<video_id>` and `image:<image_id>` are files of an ad account's library.
`post:<item_id>:<identity_type>:<identity_id>` is a TikTok post with the identity through which the
ad account may show it; `BC_AUTH_TT` has the id of its Business Center as a last part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from stagedoor.platform.ads_vocabulary import IdentityType

MAX_CREATIVE_ID = 512
"""The most characters of a creative's id."""
_PART = re.compile(r"[A-Za-z0-9_.\-/=+]{1,200}")
FORMS = (
    '"video:<video id>", "image:<image id>" or "post:<post id>:<identity type>:<identity id>" '
    "(with the Business Center's id as a last part for BC_AUTH_TT)"
)
"""The forms of an id, for errors."""


class CreativeKind(StrEnum):
    VIDEO = "video"
    IMAGE = "image"
    POST = "post"


@dataclass(frozen=True, slots=True)
class PostIdentity:
    """The identity that shows a post. `bc_id` is the Business Center's, for `BC_AUTH_TT` alone."""

    type: IdentityType
    id: str
    bc_id: str | None = None


@dataclass(frozen=True, slots=True)
class CreativeId:
    """A creative: TikTok's `video_id`, `image_id` or `item_id` in `tiktok_id`."""

    kind: CreativeKind
    tiktok_id: str
    identity: PostIdentity | None = None

    def __str__(self) -> str:
        parts = [self.kind.value, self.tiktok_id]
        if self.identity is not None:
            parts += [self.identity.type.value, self.identity.id]
            if self.identity.bc_id is not None:
                parts.append(self.identity.bc_id)
        return ":".join(parts)


def parse_creative_id(text: str) -> CreativeId:
    """The creative that an id names. Raises `ValueError`, which says the forms, for another
    text."""
    kind, *rest = text.split(":")
    if not all(_PART.fullmatch(part) for part in rest):
        raise _no_creative_id()
    match kind, rest:
        case ("video" | "image", [tiktok_id]):
            return CreativeId(CreativeKind(kind), tiktok_id)
        case ("post", [item_id, identity_type, identity_id, *more]):
            is_bc = identity_type == IdentityType.BC_AUTH_TT
            if identity_type in _OF_POSTS and len(more) == is_bc:
                bc_id = more[0] if more else None
                identity = PostIdentity(IdentityType(identity_type), identity_id, bc_id)
                return CreativeId(CreativeKind.POST, item_id, identity)
    raise _no_creative_id()


_OF_POSTS = frozenset(IdentityType) - {IdentityType.CUSTOMIZED_USER}


def _no_creative_id() -> ValueError:
    return ValueError(f"is no id of a creative: it has the form {FORMS}")
