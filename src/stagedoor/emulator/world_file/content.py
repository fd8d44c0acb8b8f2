"""The content of a world file. `schema.json` is its JSON Schema."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from stagedoor.platform.ads_vocabulary import BudgetMode, ObjectiveType

from ..control.bodies import CreatorBody, NewAppBody
from ..control_bodies import ControlBody
from ..products.business.control import NewAdAccount
from ..products.community.control_bodies import NewFollow, NewPerson, Region, Text, VideoBody

VERSION = 1

_Names = Annotated[list[str], Field(max_length=10_000)]
_Remark = Annotated[str, Field(min_length=1, max_length=150)]


class FileReply(ControlBody):
    """An answer to a comment."""

    author: str
    """A username of a creator or of the audience, in the file or ready-made."""
    text: _Remark


class FileComment(FileReply):
    """A comment on a post."""

    replies: Annotated[list[FileReply], Field(max_length=1_000)] = Field(default_factory=list)


class FileVideo(VideoBody):
    """A post. Its counts of comments and likes are at least those of `threads` and `liked_by`."""

    threads: Annotated[list[FileComment], Field(max_length=10_000)] = Field(default_factory=list)
    """Comments with their replies."""
    liked_by: _Names = Field(default_factory=list)
    """Usernames."""


class FileCreator(CreatorBody):
    """A creator, who can connect apps."""

    region: Region = "US"
    minor: bool = False
    videos: Annotated[list[FileVideo], Field(max_length=100_000)] = Field(default_factory=list)


class FileCampaign(ControlBody):
    """A campaign without ad groups."""

    name: Text
    objective_type: ObjectiveType = ObjectiveType.TRAFFIC
    budget_mode: Literal[BudgetMode.DAY, BudgetMode.TOTAL] = BudgetMode.DAY
    budget: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=2)] = Decimal(100)
    paused: bool = False


class FileAdAccount(NewAdAccount):
    """An ad account of the ready-made person, unless `role` is null."""

    campaigns: Annotated[list[FileCampaign], Field(max_length=1_000)] = Field(default_factory=list)


class WorldContent(ControlBody):
    """The entities that are added to the ready-made world."""

    version: Literal[1]
    creators: Annotated[list[FileCreator], Field(max_length=10_000)] = Field(default_factory=list)
    people: Annotated[list[NewPerson], Field(max_length=10_000)] = Field(default_factory=list)
    """The audience, who have no apps and no posts."""
    follows: Annotated[list[NewFollow], Field(max_length=100_000)] = Field(default_factory=list)
    apps: Annotated[list[NewAppBody], Field(max_length=1_000)] = Field(default_factory=list)
    ad_accounts: Annotated[list[FileAdAccount], Field(max_length=1_000)] = Field(
        default_factory=list
    )
