"""The kinds of data of media files."""

from __future__ import annotations

from ..data_kinds import DataKind, Keep
from ..settings import Settings
from .models import media, media_conversions


def kinds(settings: Settings) -> tuple[DataKind, ...]:
    return (
        DataKind(
            name="postMedia",
            words="Files of posts, from the end of their post on",
            after_removal="They stay for as long as those of other posts that have ended.",
            keep=Keep(settings.media_days),
            tables=(
                media,
                media_conversions,
            ),
            note="Files aren't searched: those of a person's posts are deleted with the texts.",
        ),
        DataKind(
            name="libraryFiles",
            words="Files of the media library, from their last use on",
            after_removal="They stay: they are the organisation's own.",
            keep=Keep(settings.library_days),
            tables=(media,),
            note="Files aren't searched: DELETE /api/media/<id> deletes one.",
        ),
    )
