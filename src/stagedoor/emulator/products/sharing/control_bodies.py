"""The request bodies of the control routes for shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from stagedoor.platform.media import MAX_VIDEO_TITLE
from stagedoor.platform.model import text
from stagedoor.platform.products.sharing import ShareState

from ...control_bodies import ControlBody
from ...world.bounds import Span


class MediaFacts(ControlBody):
    """Properties of an image or video on the phone."""

    seconds: Span | None = None
    width: Annotated[int, Field(gt=0)] | None = None
    height: Annotated[int, Field(gt=0)] | None = None


class ShareChoice(ControlBody):
    """The person's choice is `outcome`; a `share_state` makes the share fail with that state."""

    outcome: Literal["post", "draft", "cancel"] = "post"
    share_state: ShareState | None = None
    media: tuple[MediaFacts, ...] = ()
    title: Annotated[str, text(MAX_VIDEO_TITLE)] = ""


class PhoneShare(ShareChoice):
    """A share: the iOS app's `url`, or the Android app's `bundle`."""

    url: Annotated[str, StringConstraints(max_length=65_536)] | None = None
    bundle: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> PhoneShare:
        if (self.url is None) is (self.bundle is None):
            raise ValueError("url or bundle is needed, and only one of them")
        return self
