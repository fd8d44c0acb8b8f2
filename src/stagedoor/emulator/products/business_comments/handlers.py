"""The operations on comments on the account's own posts."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

from starlette.routing import Route

from stagedoor.platform.model import Empty
from stagedoor.platform.products import business_comments
from stagedoor.platform.products.business_comments import (
    DEFAULT_COMMENTS,
    INLINE_REPLIES,
    AccountCommentQuery,
    AccountReplyQuery,
    CommentDeletion,
    CommentHiding,
    CommentLike,
    CommentPin,
    CommentSortField,
    CommentSortOrder,
    CommentStatus,
    CommentVisibility,
    HideAction,
    LikeAction,
    NewAccountComment,
    NewAccountReply,
    PinAction,
)

from ... import cdn
from ...calls import AdmittedCall, Handlers, Refusal
from ...world import Video
from ..community import actions
from ..community.state import COMMENTS, THREAD, WHOLE_THREAD, Comment
from . import images

C = TypeVar("C", bound=StrEnum)

_SMART_SECONDS = 60
"""The smart order changes after this time."""


def listed(call: AdmittedCall) -> dict[str, Any]:
    """The comments at the first level of a post, or those with the ids."""
    request: AccountCommentQuery = call.request
    video = own_post(call, request.video_id)
    if request.comment_ids is None:
        found = _thread(call, video.id, None)
    else:
        found = _with_ids(call, video, request.comment_ids)
    shown = _page(call, found)
    if request.include_replies:
        for comment in shown["comments"]:
            hidden = comment["status"] is CommentStatus.HIDDEN
            answers = () if hidden else _thread(call, video.id, comment["comment_id"])
            comment["reply_list"] = [_shown(call, one) for one in answers[:INLINE_REPLIES]]
    return shown


def replies(call: AdmittedCall) -> dict[str, Any]:
    """The replies to a comment; a hidden comment's aren't returned."""
    request: AccountReplyQuery = call.request
    video = own_post(call, request.video_id)
    parent = _comment(call, video, request.comment_id)
    return _page(call, () if parent.hidden else _thread(call, video.id, parent.id))


async def create(call: AdmittedCall) -> dict[str, Any]:
    request: NewAccountComment = call.request
    return await _written(call, own_post(call, request.video_id), request.text or "", None)


async def reply(call: AdmittedCall) -> dict[str, Any]:
    """Reply to a comment. A reply to a reply joins the thread of the comment above it."""
    request: NewAccountReply = call.request
    video = own_post(call, request.video_id)
    answered = _comment(call, video, request.comment_id)
    parent = answered if answered.parent_id is None else call.world[COMMENTS][answered.parent_id]
    return await _written(call, video, request.text or "", parent)


def like(call: AdmittedCall) -> Empty:
    """Like a comment once, however often it is asked for."""
    request: CommentLike = call.request
    comment = _comment(call, own_post(call, request.video_id), request.comment_id)
    wanted = _checked(request.action, LikeAction) is LikeAction.LIKE
    if comment.liked_by_creator is not wanted:
        comment.liked_by_creator = wanted
        comment.likes = max(0, comment.likes + (1 if wanted else -1))
    return Empty()


def hide(call: AdmittedCall) -> Empty:
    request: CommentHiding = call.request
    comment = _comment(call, own_post(call, request.video_id), request.comment_id)
    hidden = _checked(request.action, HideAction) is HideAction.HIDE
    actions.set_hidden(call.world, comment, hidden)
    return Empty()


def pin(call: AdmittedCall) -> Empty:
    """Pin a comment in place of the one that is pinned: a post has one pinned comment."""
    request: CommentPin = call.request
    video = own_post(call, request.video_id)
    comment = _comment(call, video, request.comment_id)
    if _checked(request.action, PinAction) is PinAction.UNPIN:
        if video.pinned_comment == comment.id:
            video.pinned_comment = ""
        return Empty()
    if comment.parent_id is not None:
        raise Refusal("40002", "comment_id: A reply can't be pinned.")
    video.pinned_comment = comment.id
    return Empty()


def delete(call: AdmittedCall) -> Empty:
    """Delete a comment of the account; comments of others can only be hidden."""
    request: CommentDeletion = call.request
    comment = call.world[COMMENTS].get(request.comment_id)
    if comment is None or comment.deleted:
        raise _gone(request.comment_id)
    if comment.author_id != call.party[2].id:
        raise Refusal("40001", "You can only delete comments of your own.")
    actions.delete_comment(call.world, comment)
    return Empty()


def own_post(call: AdmittedCall, video_id: str) -> Video:
    """The account's own post."""
    video = call.world.videos.get(video_id)
    if video is None or video.deleted:
        raise Refusal("40007", f"The video {video_id} does not exist.")
    if video.creator_id != call.party[2].id:
        raise Refusal("40001", f"No permission to operate video: {video_id}")
    return video


def _comment(call: AdmittedCall, video: Video, comment_id: str) -> Comment:
    comment = call.world[COMMENTS].get(comment_id)
    if comment is None or comment.deleted or comment.video_id != video.id:
        raise _gone(comment_id)
    return comment


def _gone(comment_id: str) -> Refusal:
    return Refusal("40007", f"The comment {comment_id} does not exist.")


def _checked(value: Any, choice: type[C], name: str = "action") -> C:
    """The member of a choice; an unknown value is refused."""
    try:
        return choice(value)
    except ValueError:
        raise Refusal("40002", f"{name}: Must be one of: {', '.join(choice)}.") from None


def _with_ids(call: AdmittedCall, video: Video, ids: tuple[str, ...]) -> list[Comment]:
    """The post's comments with these ids, oldest first; unknown ids are left out."""
    known = (call.world[COMMENTS].get(one) for one in dict.fromkeys(ids))
    public = _only_public(call)
    found = [
        one
        for one in known
        if one is not None
        and one.video_id == video.id
        and not one.deleted
        and not (public and one.hidden)
    ]
    return sorted(found, key=lambda one: one.created)


def _only_public(call: AdmittedCall) -> bool:
    status = call.request.status or CommentVisibility.ALL
    return _checked(status, CommentVisibility, "status") is CommentVisibility.PUBLIC


def _thread(call: AdmittedCall, video_id: str, parent_id: str | None) -> Sequence[Comment]:
    index = THREAD if _only_public(call) else WHOLE_THREAD
    return call.world[COMMENTS].by(index, (video_id, parent_id))


def _page(call: AdmittedCall, found: Sequence[Comment]) -> dict[str, Any]:
    """A page of the comments, which come oldest first, in the order that the request names."""
    request = call.request
    start, size = request.cursor or 0, request.max_count or DEFAULT_COMMENTS
    order = _checked(request.sort_order or CommentSortOrder.SMART, CommentSortOrder, "sort_order")
    field = _checked(
        request.sort_field or CommentSortField.CREATE_TIME, CommentSortField, "sort_field"
    )
    page: Sequence[Comment]
    if order is CommentSortOrder.SMART:
        page = _by_relevance(call, found)[start : start + size]
    elif field is CommentSortField.CREATE_TIME:
        page = _by_time(found, start, size, order is CommentSortOrder.DESC)
    else:
        page = _by_count(call, found, field, order)[start : start + size]
    end = start + len(page)
    return {
        "comments": [_shown(call, one) for one in page],
        "cursor": end,
        "has_more": end < len(found),
    }


def _by_time(found: Sequence[Comment], start: int, size: int, newest: bool) -> Sequence[Comment]:
    """A page without a copy of the whole thread."""
    if not newest:
        return found[start : start + size]
    end = max(0, len(found) - start)
    return found[max(0, end - size) : end][::-1]


def _by_count(
    call: AdmittedCall, found: Sequence[Comment], field: CommentSortField, order: CommentSortOrder
) -> list[Comment]:
    def count(one: Comment) -> int:
        return one.likes if field is CommentSortField.LIKES else _replies(call, one)

    return sorted(found, key=count, reverse=order is CommentSortOrder.DESC)


def _by_relevance(call: AdmittedCall, found: Sequence[Comment]) -> list[Comment]:
    """The smart order: the most liked first. Equals change their places each minute, since
    TikTok's order isn't stable between calls."""
    minute = int(call.now // _SMART_SECONDS)

    def relevance(one: Comment) -> tuple[int, str]:
        return -one.likes, call.world.ids.number_of(f"smart:{minute}:{one.id}")

    return sorted(found, key=relevance)


def _replies(call: AdmittedCall, comment: Comment) -> int:
    return len(call.world[COMMENTS].by(THREAD, (comment.video_id, comment.id)))


async def _written(
    call: AdmittedCall, video: Video, text: str, parent: Comment | None
) -> dict[str, Any]:
    world = call.world
    _, grant, creator = call.party
    if video.comment_disabled:
        raise Refusal("40001", f"Comments are off for the video {video.id}.")
    image_uri = await images.attached(call)
    made = actions.add_comment(world, video, creator, text, parent, image_uri)
    shown = {
        "comment_id": made.id,
        "video_id": video.id,
        "create_time": str(int(made.created)),
        "text": made.text,
        "unique_identifier": world.ids.person_identifier(creator.id),
        "user_id": world.ids.open_id(grant.client_key, creator.id),
    }
    shown |= _image(call, made)
    return shown if parent is None else shown | {"parent_comment_id": parent.id}


def _shown(call: AdmittedCall, comment: Comment) -> dict[str, Any]:
    world = call.world
    app, _, creator = call.party
    author = world.person(comment.author_id)
    shown: dict[str, Any] = {
        "comment_id": comment.id,
        "video_id": comment.video_id,
        "user_id": world.ids.open_id(app.client_key, comment.author_id),
        "unique_identifier": world.ids.person_identifier(comment.author_id),
        "create_time": str(int(comment.created)),
        "text": comment.text,
        "likes": comment.likes,
        "owner": comment.author_id == creator.id,
        "liked": comment.liked_by_creator,
        "pinned": world.videos[comment.video_id].pinned_comment == comment.id,
        "status": CommentStatus.HIDDEN if comment.hidden else CommentStatus.PUBLIC,
    }
    if author is not None:
        shown |= {
            "username": author.username,
            "display_name": author.display_name,
            "profile_image": cdn.avatar_url(world, call.base_url, author),
        }
    shown |= _image(call, comment)
    if comment.parent_id is None:
        shown["replies"] = _replies(call, comment)
    else:
        shown["parent_comment_id"] = comment.parent_id
    return shown


def _image(call: AdmittedCall, comment: Comment) -> dict[str, str]:
    if not comment.image_uri:
        return {}
    return {"image_url": cdn.comment_image_url(call.base_url, comment.image_uri)}


HANDLERS: Handlers = {
    business_comments.COMMENT_LIST: listed,
    business_comments.COMMENT_REPLY_LIST: replies,
    business_comments.COMMENT_CREATE: create,
    business_comments.COMMENT_REPLY_CREATE: reply,
    business_comments.COMMENT_LIKE: like,
    business_comments.COMMENT_HIDE: hide,
    business_comments.COMMENT_PIN: pin,
    business_comments.COMMENT_DELETE: delete,
    business_comments.COMMENT_IMAGE_UPLOAD: images.upload,
}

ROUTES = [Route(cdn.COMMENT + "{name}", images.served)]
