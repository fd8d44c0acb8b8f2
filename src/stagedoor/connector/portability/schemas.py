"""JSON schemas of requests for copies of creators' data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from stagedoor.platform.bounds import MAX_LISTED, AtMost
from stagedoor.platform.vocabulary import Category, DataFormat

from ..shapes import Model, ResponseModel, example, moment
from .request import ExportStateName, PortabilityRequest


class NewPortabilityRequest(Model):
    """A request for a copy of a creator's data."""

    model_config = example(
        integrationId="3f9a2c7d1e5b4a6f8c0d9e2b7a4f6c1d", categories=["video", "profile"]
    )

    integration_id: str | None = None
    """The account; may be left out where only one is connected."""
    categories: Annotated[tuple[Category, ...], Field(min_length=1), AtMost(MAX_LISTED)] = (
        Category.ALL_DATA,
    )
    """Which data. Each category needs a scope that the creator granted; a single-use scope is used
    up. `all_data` overrides the others."""
    data_format: DataFormat = DataFormat.JSON
    """The form of the files in the archive: `json` for programs, `text` for people."""


class PortabilityErrorShown(ResponseModel):
    """Why a request failed."""

    code: str
    """TikTok's code, or this service's."""
    message: str
    """The reason, and what to do."""
    log_id: str | None


class PortabilityRequestShown(ResponseModel):
    """A request for a copy of a creator's data."""

    id: str
    """The request's id."""
    integration_id: str
    account: str
    """The account's name when the data was asked for."""
    categories: list[str]
    """Which data."""
    data_format: str
    """The form of the files in the archive."""
    state: ExportStateName
    """How far it is."""
    tiktok_request_id: str | None
    """TikTok's id of the request; null while TikTok hasn't answered."""
    error: PortabilityErrorShown | None
    """Why it failed, or isn't known."""
    created_at: datetime
    created_by: str
    """The user who asked for it."""
    ready_at: datetime | None
    """When the archive was seen to be ready, in UTC."""
    expires_at: datetime | None
    """When TikTok deletes the archive, in UTC: download it before."""
    ended_at: datetime | None
    """When it expired, failed or was cancelled, in UTC."""

    @classmethod
    def of(cls, request: PortabilityRequest) -> PortabilityRequestShown:
        error = request.error
        return cls(
            id=request.id,
            integration_id=request.integration,
            account=request.account,
            categories=list(request.categories),
            data_format=request.data_format,
            state=request.state,
            tiktok_request_id=request.tiktok_id,
            error=None if error is None else PortabilityErrorShown.model_validate(error),
            created_at=moment(request.created),
            created_by=request.created_by,
            ready_at=moment(request.ready),
            expires_at=moment(request.expires),
            ended_at=moment(request.ended),
        )


class PortabilityRequestsShown(ResponseModel):
    """A page of requests, newest first."""

    requests: list[PortabilityRequestShown]
    """The requests."""
    next_cursor: str | None
