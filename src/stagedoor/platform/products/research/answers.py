"""Answers of the Research API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from ...model import Answer, Id, says


class Hashtag(Answer):
    """A hashtag of a video."""

    hashtag_id: Id | None = None
    hashtag_name: str | None = None
    hashtag_description: str | None = None


class Sticker(Answer):
    """A sticker on a video."""

    sticker_id: Id | None = None
    sticker_name: str | None = None


class Effect(Answer):
    """An effect in a video."""

    effect_id: Id | None = None
    effect_name: str | None = None
    effect_photo_url: str | None = None


class VideoTag(Answer):
    """A declaration about a video: `AIGC` 1 or 2, `Branded` 1 or 7.

    TikTok's pages contradict each other: in a query, AIGC 1 means labelled by the creator and 2
    made by AI; in liked, pinned and reposted videos the meanings are swapped.
    """

    type: str | None = None
    number: int | None = None


class Video(Answer):
    """A public video. Fields that weren't requested, or are empty, are None or ()."""

    id: Id | None = None
    create_time: Annotated[int | None, says("when it was posted, in Unix seconds")] = None
    username: str | None = None
    region_code: str | None = None
    video_description: str | None = None
    music_id: Id | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None
    view_count: int | None = None
    favorites_count: int | None = None
    effect_ids: tuple[Id, ...] = ()
    hashtag_names: tuple[str, ...] = ()
    hashtag_info_list: tuple[Hashtag, ...] = ()
    sticker_info_list: tuple[Sticker, ...] = ()
    effect_info_list: tuple[Effect, ...] = ()
    video_mention_list: tuple[str, ...] = ()
    video_label: dict[str, Any] | None = None
    video_tag: VideoTag | None = None
    playlist_id: Id | None = None
    voice_to_text: str | None = None
    is_stem_verified: bool | None = None
    video_duration: Annotated[int | None, says("in seconds")] = None


# Aliases slow down parsing of a page, so the query's videos have none.


class UserEffect(Effect):
    """An effect in a video that somebody liked, pinned or reposted."""

    effect_photo_url: Annotated[
        str | None, Field(validation_alias=AliasChoices("effect_photo_URI", "effect_photo_url"))
    ] = None


class UserVideoTag(VideoTag):
    """A declaration about a video that somebody liked, pinned or reposted."""

    type: Annotated[str | None, Field(validation_alias=AliasChoices("video_tag_type", "type"))] = (
        None
    )
    number: Annotated[
        int | None, Field(validation_alias=AliasChoices("video_tag_number", "number"))
    ] = None


class UserVideo(Video):
    """A video that somebody liked, pinned or reposted: two members have other names there."""

    effect_info_list: tuple[UserEffect, ...] = ()
    video_tag: UserVideoTag | None = None


class VideoPage(Answer):
    """A page of a query. A short or empty page may still have a next one: see `has_more`.

    Pass `cursor` and `search_id` to the next call.
    """

    videos: tuple[Video, ...] = ()
    cursor: int | None = None
    has_more: bool = False
    search_id: Id | None = None


class UserInfo(Answer):
    """A public account as it is now; only requested fields are set."""

    display_name: str | None = None
    bio_description: str | None = None
    avatar_url: str | None = None
    is_verified: bool | None = None
    follower_count: int | None = None
    following_count: int | None = None
    likes_count: int | None = None
    video_count: int | None = None
    bio_url: str | None = None


class Comment(Answer):
    """A comment on a video, or an answer to one."""

    id: Id | None = None
    video_id: Id | None = None
    text: Annotated[str | None, says("personal data in it is masked with *")] = None
    like_count: int | None = None
    reply_count: int | None = None
    parent_comment_id: Annotated[
        Id | None, says("the video's id where it answers no other comment")
    ] = None
    create_time: Annotated[int | None, says("in Unix seconds")] = None


class CommentPage(Answer):
    """A page of comments."""

    comments: tuple[Comment, ...] = ()
    cursor: int | None = None
    has_more: bool = False


class Person(Answer):
    """A person who follows or is followed."""

    username: str | None = None
    display_name: str | None = None


class _Videos(Answer):
    cursor: int | None = None
    has_more: bool = False


class LikedVideos(_Videos):
    """A page of liked videos. `cursor` is a moment; pass it back unchanged."""

    videos: Annotated[
        tuple[UserVideo, ...], Field(validation_alias=AliasChoices("user_liked_videos", "videos"))
    ] = ()


class PinnedVideos(Answer):
    """The videos that somebody pinned to their profile, at most three."""

    videos: Annotated[
        tuple[UserVideo, ...], Field(validation_alias=AliasChoices("pinned_videos_list", "videos"))
    ] = ()


class RepostedVideos(_Videos):
    """A page of reposted videos. TikTok's page and its examples name the list differently; both
    names are parsed."""

    videos: Annotated[
        tuple[UserVideo, ...],
        Field(validation_alias=AliasChoices("reposted_videos", "user_reposted_videos", "videos")),
    ] = ()


class Followers(_Videos):
    """A page of followers. `cursor` is a moment in Unix seconds."""

    people: Annotated[
        tuple[Person, ...], Field(validation_alias=AliasChoices("user_followers", "people"))
    ] = ()


class Following(_Videos):
    """A page of followed people. `cursor` is a moment in Unix seconds."""

    people: Annotated[
        tuple[Person, ...], Field(validation_alias=AliasChoices("user_following", "people"))
    ] = ()


class Playlist(Answer):
    """A page of a playlist's videos."""

    playlist_id: Id | None = None
    playlist_name: str | None = None
    playlist_item_total: int | None = None
    playlist_last_updated: Annotated[int | None, says("in Unix seconds")] = None
    playlist_video_ids: tuple[Id, ...] = ()
    cursor: int | None = None
    has_more: bool = False
