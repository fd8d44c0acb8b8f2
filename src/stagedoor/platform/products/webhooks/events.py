"""The events, and how they are delivered."""

from __future__ import annotations

from ...operation import Event
from .models import (
    AuthorizationRemoved,
    BrandMentioned,
    CommentUpdated,
    DownloadReady,
    Ping,
    PublicationChanged,
    PublishFailed,
    PublishMoved,
    ShareMoved,
)

AUTHORIZATION_REMOVED = Event(
    "authorization.removed",
    AuthorizationRemoved,
    "Access to the app ended; the token is already dead",
    "webhooks.yaml authorization.removed",
)
PUBLISH_FAILED = Event(
    "post.publish.failed",
    PublishFailed,
    "A direct post or a draft failed",
    "webhooks.yaml post.publish.failed",
    twin="video.upload.failed",
)
PUBLISH_COMPLETE = Event(
    "post.publish.complete",
    PublishMoved,
    "A direct post was created, or a draft was finished; can repeat for one publish_id",
    "webhooks.yaml post.publish.complete",
    twin="video.publish.completed",
)
INBOX_DELIVERED = Event(
    "post.publish.inbox_delivered",
    PublishMoved,
    "The draft's notice reached the creator's inbox",
    "webhooks.yaml post.publish.inbox_delivered",
)
PUBLICLY_AVAILABLE = Event(
    "post.publish.publicly_available",
    PublicationChanged,
    "The post can be seen by everyone",
    "webhooks.yaml post.publish.publicly_available",
)
NO_LONGER_PUBLIC = Event(
    "post.publish.no_longer_publicaly_available",
    PublicationChanged,
    "The post can't be seen by everyone any more; 'publicaly' is TikTok's spelling",
    "webhooks.yaml post.publish.no_longer_publicaly_available",
    twin="post.publish.no_longer_publicly_available",
)
NO_LONGER_PUBLIC_OTHER = Event(
    "post.publish.no_longer_publicly_available",
    PublicationChanged,
    "The same, as business accounts spell it",
    "webhooks.yaml post.publish.no_longer_publicaly_available",
    twin="post.publish.no_longer_publicaly_available",
)
COMMENT_UPDATE = Event(
    "comment.update",
    CommentUpdated,
    "A comment on a post of the account was written, deleted, hidden or shown",
    "business-accounts.yaml comment.update",
)
BRAND_MENTION = Event(
    "brand.mention.event",
    BrandMentioned,
    "Somebody mentioned the account, or changed the mention",
    "business-accounts.yaml brand.mention.event",
    confidence="medium",
)
DOWNLOAD_READY = Event(
    "portability.download.ready",
    DownloadReady,
    "A data export can be downloaded",
    "webhooks.yaml portability.download.ready",
)
UPLOAD_FAILED_OLD = Event(
    "video.upload.failed",
    ShareMoved,
    "The old name of post.publish.failed",
    "webhooks.yaml video.upload.failed",
    twin="post.publish.failed",
)
PUBLISH_COMPLETED_OLD = Event(
    "video.publish.completed",
    ShareMoved,
    "The old name of post.publish.complete",
    "webhooks.yaml video.publish.completed",
    twin="post.publish.complete",
)
PING = Event(
    "tiktok.ping",
    Ping,
    "The portal's test of a callback URL",
    "webhooks.yaml tiktok.ping",
    confidence="medium",
)

EVENTS: dict[str, Event] = {
    value.name: value for value in tuple(globals().values()) if isinstance(value, Event)
}
"""All events by the name on the wire."""
