"""Comments on the posts of a TikTok account."""

from __future__ import annotations

from stagedoor.platform.products import business_comments

from .. import comments
from ..service import Call, M, Service, Walk


class Comments(Service[M]):
    """Comments on the account's own posts, and the account's own comments there."""

    list = Call(business_comments.COMMENT_LIST)
    list_replies = Call(business_comments.COMMENT_REPLY_LIST)
    create = Call(business_comments.COMMENT_CREATE)
    reply = Call(business_comments.COMMENT_REPLY_CREATE)
    like = Call(business_comments.COMMENT_LIKE)
    hide = Call(business_comments.COMMENT_HIDE)
    pin = Call(business_comments.COMMENT_PIN)
    delete = Call(business_comments.COMMENT_DELETE)
    upload_image = Call(business_comments.COMMENT_IMAGE_UPLOAD)
    all_comments = Walk(comments.all_comments, business_comments.COMMENT_LIST)
    all_replies = Walk(comments.all_replies, business_comments.COMMENT_REPLY_LIST)
