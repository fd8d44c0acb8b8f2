"""Requests that a creator's own account makes in the creator marketplace."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...bounds import MAX_FIELDS, AtMost
from ...creators_vocabulary import ConfirmAction
from ...model import FILLED, OPEN, AnyId, Request, declared, fields_of, says
from .answers import MarketplaceCreator
from .discovery import PostCursor, PostIds, PostLimit

InviteLink = Annotated[
    str, Field(min_length=1), says("the campaign's invite_link, from the advertiser")
]
_Fields = Annotated[tuple[str, ...], AtMost(MAX_FIELDS), fields_of(MarketplaceCreator)]


class CreatorRequest(Request):
    """Base of requests that name the connected account as a creator."""

    creator_id: Annotated[
        str, FILLED, says("the account's open_id; the client takes it from the tokens")
    ] = ""


class AuthorizedCreatorQuery(CreatorRequest):
    """The account to read as a creator."""

    fields: Annotated[_Fields | None, says("default all")] = None


class OwnPostQuery(CreatorRequest):
    """The account's own posts to list."""

    video_ids: Annotated[PostIds | None, says("only posts with these ids, at most 20")] = None
    cursor: PostCursor = None
    limit: PostLimit = None


class CampaignJoin(CreatorRequest):
    """A campaign to join."""

    tto_invite_link: InviteLink


class OwnVideoLink(CreatorRequest):
    """A video of the account to link to a campaign."""

    tto_invite_link: InviteLink
    video_id: Annotated[AnyId, says("a public video of the account")]


class LinkRequestQuery(CreatorRequest):
    """The campaign whose requests to link videos are read."""

    tto_invite_link: InviteLink


class LinkRequestAnswer(CreatorRequest):
    """The creator's answer to a request to link a video."""

    link_request_id: Annotated[AnyId, says("the request")]
    action: Annotated[ConfirmAction | str, OPEN, declared(ConfirmAction), says("APPROVE or REJECT")]
