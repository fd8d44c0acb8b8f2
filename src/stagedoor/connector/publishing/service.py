"""Posts as callers and webhooks see them: made, published, changed, cancelled, woken."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stagedoor.client.errors import StagedoorError, TikTokError
from stagedoor.client.errors import WrongState as NotCancellable

from ..database import Scope
from ..errors import ApiError, BadRequest, Conflict, unfit
from ..media.service import Kind as MediaKind
from ..media.service import Medium, Upload
from ..waiting.store import forget, wait
from . import accounts, content, holding, journal, moves, offered, store
from .errors import NoPost, NotUploaded, WrongState, told
from .journal import Name, Outcome, Step
from .posts import Kind, Mode, Post
from .retry import retry
from .states import CANCELLABLE, EDITABLE, FINAL, State, Visibility
from .verdicts import Failure

if TYPE_CHECKING:
    from ..services import Services

_WOKEN = (State.UPLOADING, State.PROCESSING, State.IN_INBOX, State.UNKNOWN)
MAX_SCHEDULE_SECONDS = 366 * 86_400.0
PAST_SECONDS = 60.0
"""What a `publishAt` may lie back: clocks differ, and requests take time."""


@dataclass(frozen=True, slots=True)
class Record:
    """A post with what is known of it."""

    post: Post
    steps: Sequence[Step] = ()
    media: Sequence[Medium] = ()
    warnings: Sequence[str] = field(default=())

    def warned(self, warning: str | None) -> Record:
        return self if warning is None else replace(self, warnings=(*self.warnings, warning))


@dataclass(frozen=True, slots=True)
class Begun:
    """A new post and where its file is to be sent to; `upload` None: TikTok fetches it."""

    record: Record
    upload: Upload | None


@dataclass(frozen=True, slots=True)
class Page:
    posts: Sequence[Record]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be changed; what isn't named in `named` stays."""

    named: frozenset[str]
    title: str | None = None
    publish_at: float | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    resolution: str | None = None


class Posts:
    """Of all organisations; safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # making

    def begin_video(
        self,
        org: str,
        integration_id: str | None,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        publish_at: float | None = None,
        size: int | None = None,
        *,
        post_id: str | None = None,
        upload: str | None = None,
        asked_by: str | None = None,
        at_once: bool = False,
        offered_checked: bool = False,
    ) -> Begun:
        """A draft of a video. Raises `WhichAccount` and its like, `BadRequest`.

        The same `post_id` is the same draft. `upload` is a file that is here already. `at_once`:
        it is published with it, unless its file is still to come. `offered_checked`: the caller
        has checked the settings against what the creator offers.
        """
        account = accounts.chosen(self._services, org, integration_id)
        services, post_id = self._services, post_id or uuid.uuid4().hex
        if not offered_checked:
            offered.check_draft(services, org, account.id, Kind.VIDEO, mode, values)
        with services.database.begin() as connection:
            scope = Scope(connection, org)
            if store.find(scope, post_id) is not None:
                return Begun(self._record(scope, post_id), None)
            self._add(
                scope, post_id, account.id, Kind.VIDEO, mode, title, values, publish_at, asked_by
            )
            place = None
            if upload is not None:
                self._attach_video(scope, upload, post_id)
            elif not values.get("video_url"):
                place = services.media.expect(scope, MediaKind.VIDEO, post_id, size)
            if at_once and place is None:
                self._start(scope, store.find(scope, post_id))
            return Begun(self._record(scope, post_id), place)

    def _attach_video(self, scope: Scope, upload: str, post_id: str) -> None:
        medium = self._services.media.find(scope, upload, lock=True)
        if medium is None or medium.kind is not MediaKind.VIDEO:
            raise BadRequest("upload: is no video that this organisation uploaded")
        if medium.post not in (None, post_id):
            raise Conflict(
                f"The upload belongs to post {medium.post} already: look at that post first."
            )
        if not medium.complete:
            raise _incomplete(medium, "The video")
        self._services.media.attach(scope, [upload], post_id)

    def begin_upload(self, org: str) -> Upload:
        """A place to send a video to, for a post that comes later."""
        with self._services.database.begin() as connection:
            return self._services.media.expect(Scope(connection, org), MediaKind.VIDEO)

    def begin_photos(self, org: str, count: int) -> list[Upload]:
        """Places to send photos to, for a post that comes later."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            return [self._services.media.expect(scope, MediaKind.PHOTO) for _ in range(count)]

    def publish_photos(
        self,
        org: str,
        post_id: str,
        integration_id: str | None,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        uploads: Sequence[str],
        publish_at: float | None = None,
        asked_by: str | None = None,
        *,
        offered_checked: bool = False,
    ) -> Record:
        """Post uploaded photos or those at `values["urls"]`; the same uploads are the same post.

        So is the same `post_id`, which the new post gets. `offered_checked` as for `begin_video`.
        """
        account = accounts.chosen(self._services, org, integration_id)
        services = self._services
        if uploads:
            self.check_pulled()
        warning = None
        if not offered_checked and not self._photos_known(org, post_id, uploads):
            warning = offered.check(services, org, account.id, Kind.PHOTOS, mode, values)
        with services.database.begin() as connection:
            scope = Scope(connection, org)
            if store.find(scope, post_id) is not None:
                return self._record(scope, post_id)
            earlier = self._photos_ready(scope, uploads, post_id)
            if earlier is not None:
                return self._record(scope, earlier)
            self._add(
                scope, post_id, account.id, Kind.PHOTOS, mode, title, values, publish_at, asked_by
            )
            services.media.attach(scope, uploads, post_id)
            self._start(scope, store.find(scope, post_id))
            return self._record(scope, post_id).warned(warning)

    def _photos_known(self, org: str, post_id: str, uploads: Sequence[str]) -> bool:
        """Whether the request may be a repeated one, whose post exists."""
        with self._services.database.read() as connection:
            scope = Scope(connection, org)
            if store.find(scope, post_id) is not None:
                return True
            media = [self._services.media.find(scope, one) for one in uploads]
            return any(medium is not None and medium.post for medium in media)

    def check_pulled(self) -> None:
        """Raises `BadRequest` where TikTok can't fetch photos from here."""
        if not self._services.settings.pulled_from.startswith("https://"):
            raise BadRequest(
                "uploads: TikTok fetches photos from this service, and only over https: set "
                "STAGEDOOR_PUBLIC_URL (or STAGEDOOR_PULL_URL) to an https address that is "
                "verified for the app, or give urls."
            )

    def _photos_ready(self, scope: Scope, uploads: Sequence[str], post_id: str) -> str | None:
        """The post that these uploads are of already; raises when one can't be posted."""
        if len(set(uploads)) != len(uploads):
            raise BadRequest("uploads: names a photo twice")
        found = []
        # always locked in one order: who comes second finds the first one's post
        locked = {one: self._services.media.find(scope, one, lock=True) for one in sorted(uploads)}
        for number, media_id in enumerate(uploads):
            medium = locked[media_id]
            if medium is None or medium.kind is not MediaKind.PHOTO:
                raise BadRequest(f"uploads.{number}: is no photo that this organisation uploaded")
            if not medium.complete:
                raise _incomplete(medium, f"Photo {number + 1}")
            found.append(medium)
        posts = {medium.post for medium in found}
        if posts <= {None, post_id}:
            return None
        (post, *others) = posts
        if post is None or others:
            raise Conflict(
                "Some of these photos belong to other posts already: look at those posts first."
            )
        before = self._services.media.of_post(scope, post)
        if [one.id for one in before] != list(uploads):
            raise Conflict(f"These photos belong to post {post} already: look at that post first.")
        return post

    def _add(
        self,
        scope: Scope,
        post_id: str,
        integration: str,
        kind: Kind,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        publish_at: float | None,
        asked_by: str | None,
    ) -> None:
        # here, and not before: a repeated request gets its post, whatever the time is by now
        self._check_schedule(publish_at)
        now = self._services.clock.now()
        store.add(
            scope,
            id=post_id,
            integration=integration,
            kind=kind.value,
            mode=mode.value,
            state=State.DRAFT.value,
            visibility=Visibility.UNKNOWN.value,
            title=title,
            content=dict(values),
            publish_at=publish_at,
            asked_by=asked_by,
            created=now,
            updated=now,
            public_ids=[],
        )

    def _check_offered(self, post: Post, values: Mapping[str, Any]) -> str | None:
        """Refuse now what the creator's settings would make fail when the post is sent."""
        return offered.check(
            self._services, post.org, post.integration, post.kind, post.mode, values
        )

    def _check_schedule(self, publish_at: float | None) -> None:
        """Raises `BadRequest` for a time at which the post can't be published."""
        if publish_at is None:
            return
        ahead = publish_at - self._services.clock.now()
        if ahead > MAX_SCHEDULE_SECONDS:
            raise unfit("publishAt", "is more than a year ahead")
        if ahead < -PAST_SECONDS:
            raise unfit(
                "publishAt",
                "is in the past: name a later time (a post without publishAt goes out when "
                "publish-video is called)",
            )

    # publishing

    def publish(self, org: str, post_id: str, *, offered_checked: bool = False) -> Record:
        """Publish a draft, now or when it is due; again for one post, it is the same post.

        Raises `BadRequest` for settings that the creator doesn't offer, unless `offered_checked`.
        """
        warning = None
        seen = self.get(org, post_id).post
        if seen.state is State.DRAFT and not offered_checked:
            warning = self._check_offered(seen, seen.content)
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            post = self._get(scope, post_id, lock=True)
            if post.state is State.DRAFT:
                self._start(scope, post)
            elif post.state is State.CANCELLED:
                raise WrongState("The post was cancelled: make a new one.")
            return self._record(scope, post.id).warned(warning)

    def retry(self, org: str, post_id: str) -> Record:
        """Try a failed post again with its media. Raises `WrongState`, `MediaGone`."""
        warning = None
        seen = self.get(org, post_id).post
        if seen.state is State.FAILED:
            warning = self._check_offered(seen, seen.content)
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            post = self._get(scope, post_id, lock=True)
            retry(self._services, scope, post)
            return self._record(scope, post.id).warned(warning)

    def _start(self, scope: Scope, post: Post | None) -> None:
        if post is None:
            raise NoPost
        services = self._services
        if not post.pulled or post.kind is Kind.PHOTOS:
            for medium in services.media.of_post(scope, post.id):
                if not medium.complete:
                    raise _incomplete(medium, "The file")
        services.media.hold(scope, post.id)
        now = services.clock.now()
        if post.publish_at is not None and post.publish_at > now:
            moves.move(services, scope, post, State.SCHEDULED)
            wait(scope.connection, moves.PUBLISH, post.ref, post.publish_at)
        else:
            moves.move(services, scope, post, State.CHECKING, begun=now)
            wait(scope.connection, moves.PUBLISH, post.ref, now)

    # reading

    def get(self, org: str, post_id: str) -> Record:
        """By Stagedoor's id or TikTok's. Raises `NoPost`, also for another organisation's."""
        with self._services.database.read() as connection:
            scope = Scope(connection, org)
            return self._record(scope, self._get(scope, post_id).id)

    def exists(self, scope: Scope, post_id: str) -> bool:
        return store.find(scope, post_id) is not None

    def page(
        self,
        org: str,
        cursor: str | None,
        limit: int,
        states: Sequence[str] = (),
        integration: str | None = None,
        asked_by: str | None = None,
        since: float | None = None,
    ) -> Page:
        """Newest first. `asked_by` is how the name of what asked for a post begins."""
        before = None if cursor is None else _opened(cursor)
        with self._services.database.read() as connection:
            scope = Scope(connection, org)
            found = store.page(scope, before, limit + 1, states, integration, asked_by, since)
            records = [self._of(scope, post) for post in found[:limit]]
        more = len(found) > limit
        last = found[limit - 1] if more else None
        return Page(records, None if last is None else _cursor(last))

    def _get(self, scope: Scope, post_id: str, lock: bool = False) -> Post:
        found = store.find(scope, post_id, lock)
        if found is None:
            by_tiktok = store.by_tiktok_id(scope, post_id)
            found = None if by_tiktok is None else store.find(scope, by_tiktok.id, lock)
        if found is None:
            raise NoPost
        return found

    def _record(self, scope: Scope, post_id: str) -> Record:
        record = self._of(scope, self._get(scope, post_id))
        waits = holding.words(self._services, scope, record.post)
        return replace(record, warnings=(*record.warnings, *waits))

    def _of(self, scope: Scope, post: Post) -> Record:
        return Record(
            post,
            store.steps(scope, post.id),
            self._services.media.of_post(scope, post.id),
            content.warnings(post.kind, post.mode, post.content),
        )

    # changing

    def change(self, org: str, post_id: str, edit: Edit) -> Record:
        """Change a post that isn't begun or failed, a label at any time, or settle an unknown one.

        A value of None takes a setting away.
        """
        self._check_schedule(edit.publish_at)
        seen = self.get(org, post_id).post
        warning = self._check_edit(seen, edit)
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            post = self._get(scope, post_id, lock=True)
            if edit.resolution is not None:
                self._settle(scope, post, edit.resolution)
                post = self._get(scope, post.id)
            if edit.named - {"title", "resolution"} and post.state not in EDITABLE:
                raise WrongState(f"The post is {post.state}: only its title can still be changed.")
            values: dict[str, Any] = {"updated": self._services.clock.now()}
            if "title" in edit.named:
                values["title"] = edit.title or ""
            if post.state in EDITABLE:
                merged = dict(post.content)
                if "title" in edit.named:
                    merged = content.with_title(post.kind, merged, edit.title)
                merged |= edit.content
                values["content"] = {k: v for k, v in merged.items() if v is not None}
            if "publish_at" in edit.named:
                values["publish_at"] = edit.publish_at
            store.change(scope, post.id, **values)
            if "publish_at" in edit.named and post.state is State.SCHEDULED:
                self._reschedule(scope, post, edit.publish_at)
            return self._record(scope, post.id).warned(warning)

    def _check_edit(self, post: Post, edit: Edit) -> str | None:
        """Refuse a privacy level that the creator doesn't offer now.

        A draft or failed post of an account that can't post now may be corrected all the same.
        """
        values = {**post.content, **edit.content}
        level = "privacy_level" in edit.content
        if post.state is State.SCHEDULED and (edit.publish_at or level):
            return self._check_offered(post, values)
        if post.state in EDITABLE and level:
            return offered.check_draft(
                self._services, post.org, post.integration, post.kind, post.mode, values
            )
        return None

    def _reschedule(self, scope: Scope, post: Post, publish_at: float | None) -> None:
        """Publish a scheduled post at another time. Without a time it is a draft again: only
        `publish` publishes one."""
        if publish_at is None:
            moves.move(self._services, scope, post, State.DRAFT)
            self._services.media.unhold(scope, post.id)
            forget(scope.connection, moves.PUBLISH, post.ref)
        else:
            wait(scope.connection, moves.PUBLISH, post.ref, publish_at)

    def _settle(self, scope: Scope, post: Post, resolution: str) -> None:
        if post.state is not State.UNKNOWN:
            raise WrongState(f"The post is {post.state}: only an unknown outcome can be settled.")
        services = self._services
        if resolution == "published":
            moves.move(services, scope, post, State.PUBLISHED, failure=None)
        else:
            failure = Failure(
                "not_published", "A person looked: TikTok didn't publish it.", "Post it again."
            )
            moves.move(services, scope, post, State.FAILED, failure=failure.stored())
        forget(scope.connection, moves.FOLLOW, post.ref)

    def cancel(self, org: str, post_id: str) -> Record:
        """Cancel a post that TikTok doesn't know yet, or whose media it is still fetching."""
        services = self._services
        with services.database.begin() as connection:
            scope = Scope(connection, org)
            post = self._get(scope, post_id, lock=True)
            if post.state is State.CANCELLED:
                return self._record(scope, post.id)
            if post.state in CANCELLABLE or self._untouched(scope, post):
                moves.move(services, scope, post, State.CANCELLED)
                return self._record(scope, post.id)
            self._check_cancellable(post)
            steps = store.steps(scope, post.id)
            attempt = len(journal.of(steps, Name.CANCEL)) + 1
            now = services.clock.now()
            step = store.begin_step(scope, post.id, Name.CANCEL.value, attempt, now)
        self._cancel_at_tiktok(post, step.key)
        return self.get(org, post.id)

    def refuse(self, scope: Scope, post_id: str, failure: Failure) -> None:
        """Cancel a draft that a layer above doesn't let be published, and journal why."""
        post = store.find(scope, post_id, lock=True)
        if post is None or post.state is not State.DRAFT:
            return
        now, why = self._services.clock.now(), {"why": failure.message}
        step = store.begin_step(scope, post_id, Name.DECISION.value, 1, now)
        store.end_step(scope, step.key, now, Outcome.FAILED.value, None, why)
        moves.move(self._services, scope, post, State.CANCELLED, failure=failure.stored())
        self._services.notices.tell(
            scope,
            "post.refused",
            post_id,
            f"Post {post_id} wasn't published: {failure.message} {failure.remedy}",
            failure.stored(),
        )

    def _untouched(self, scope: Scope, post: Post) -> bool:
        """Whether TikTok certainly has nothing of a post whose init was tried."""
        if post.state is not State.UPLOADING or post.tiktok_publish_id is not None:
            return False
        inits = journal.of(journal.this_try(store.steps(scope, post.id)), Name.INIT)
        return not any(step.lost for step in inits)

    def _check_cancellable(self, post: Post) -> None:
        if post.state is State.PROCESSING and post.pulled and post.tiktok_publish_id:
            return
        if post.state is State.UPLOADING:
            raise WrongState(
                "The post is on its way to TikTok, which can't be stopped: the creator can delete "
                "it in TikTok."
            )
        if post.state is State.PROCESSING:
            raise WrongState(
                "TikTok has the file already, and cancels only what it still fetches: the creator "
                "can delete the post in TikTok."
            )
        raise WrongState(f"The post is {post.state}: there is nothing left to cancel.")

    def _cancel_at_tiktok(self, post: Post, key: str) -> None:
        services = self._services
        outcome, log_id, detail, failed = Outcome.OK, None, None, None
        try:
            account = services.integrations.get(post.org, post.integration)
            accounts.client(services, account).posts.cancel(publish_id=post.tiktok_publish_id or "")
        except NotCancellable as error:
            outcome, log_id, detail = Outcome.FAILED, error.log_id or None, {"why": str(error)}
            failed = WrongState(
                "TikTok has the media already, and cancels only what it still fetches: the "
                "creator can delete the post in TikTok.",
                log_id=error.log_id or None,
            )
        except StagedoorError as error:
            log_id = error.log_id or None if isinstance(error, TikTokError) else None
            outcome, detail = Outcome.RETRY, {"why": str(error)}
            failed_api: ApiError = told(error)
            self._end_cancel(post, key, outcome, log_id, detail)
            raise failed_api from error
        self._end_cancel(post, key, outcome, log_id, detail)
        if failed is not None:
            raise failed

    def _end_cancel(
        self, post: Post, key: str, outcome: Outcome, log_id: str | None, detail: Any
    ) -> None:
        services = self._services
        with services.database.begin() as connection:
            scope = Scope(connection, post.org)
            now = self._get(scope, post.id, lock=True)
            at = services.clock.now()
            store.end_step(scope, key, at, outcome.value, log_id, detail)
            if outcome is Outcome.OK and now.state not in FINAL:
                moves.move(services, scope, now, State.CANCELLED)
                forget(connection, moves.FOLLOW, now.ref)
            elif now.state not in FINAL:
                # what really became of it, TikTok's status tells
                store.change(scope, now.id, woken=True)
                wait(connection, moves.FOLLOW, now.ref, at)

    def delete(self, org: str, post_id: str) -> None:
        """Forget a post that TikTok never had; the record of the others stays."""
        services = self._services
        with services.database.begin() as connection:
            scope = Scope(connection, org)
            post = self._get(scope, post_id, lock=True)
            if post.state in CANCELLABLE:
                moves.move(services, scope, post, State.CANCELLED)
            elif post.state not in (State.CANCELLED, State.FAILED):
                raise WrongState(
                    f"The post is {post.state}: TikTok has it, so its record stays. The creator "
                    "can delete a post in TikTok."
                )
            services.media.release(scope, post.id, at_once=True)
            store.remove(scope, post.id)

    # what webhooks tell

    def wake(self, publish_id: str, orgs: Collection[str]) -> bool:
        """Look at TikTok's status of the post now; False when no post has this id of TikTok's.

        Only posts of `orgs`, who hold the account: an organisation that brought its own app can
        sign webhooks itself, and they must not reach another one's posts.
        """
        with self._services.database.begin() as connection:
            found = False
            for org in sorted(set(store.organisations(connection, publish_id)).intersection(orgs)):
                scope = Scope(connection, org)
                post = store.by_tiktok_id(scope, publish_id)
                if post is not None:
                    found = True
                    self._wake(scope, post.id)
        return found

    def wake_account(self, client_key: str, open_id: str) -> None:
        """Look at the status of every post of the account that isn't over."""
        services = self._services
        app = services.apps.by_key(client_key)
        if app is None:
            return
        for grant in services.integrations.grants_of(app.id, open_id):
            for holder in services.integrations.holders(grant.id):
                with services.database.begin() as connection:
                    scope = Scope(connection, holder.org)
                    states = [state for state in _WOKEN if state is not State.UNKNOWN]
                    for post in store.waiting(scope, holder.integration_id, states):
                        self._wake(scope, post.id)

    def _wake(self, scope: Scope, post_id: str) -> None:
        post = store.find(scope, post_id, lock=True)
        if post is None:
            return
        in_review = post.state is State.PUBLISHED and post.visibility is Visibility.IN_REVIEW
        if post.state in _WOKEN or in_review:
            store.change(scope, post.id, woken=True)
            if post.state is not State.UPLOADING:
                wait(scope.connection, moves.FOLLOW, post.ref, self._services.clock.now())

    def visible(
        self, publish_id: str, post_id: str, public: bool, at: float, orgs: Collection[str]
    ) -> bool:
        """What TikTok told of the post's visibility at that time; an older word changes nothing.

        `orgs` as for `wake`.
        """
        with self._services.database.begin() as connection:
            found = False
            for org in sorted(set(store.organisations(connection, publish_id)).intersection(orgs)):
                scope = Scope(connection, org)
                named = store.by_tiktok_id(scope, publish_id)
                post = None if named is None else store.find(scope, named.id, lock=True)
                if post is None:
                    continue
                found = True
                if at < post.public_at:
                    continue
                seen = Visibility.PUBLIC if public else Visibility.REMOVED
                ids = tuple(dict.fromkeys((*post.public_ids, post_id)))
                store.change(
                    scope,
                    post.id,
                    visibility=seen.value,
                    public_at=at,
                    public_ids=list(ids),
                    updated=self._services.clock.now(),
                )
                self._wake(scope, post.id)
        return found


def _incomplete(medium: Medium, what: str) -> NotUploaded:
    of = "" if medium.size is None else f" of {medium.size}"
    return NotUploaded(
        f"{what} isn't uploaded: {medium.received}{of} bytes are here. Send the rest to its "
        "uploadUrl, then publish.",
        detail={"uploadId": medium.id, "received": medium.received, "size": medium.size},
        retryable=True,
    )


def _cursor(post: Post) -> str:
    return base64.urlsafe_b64encode(f"{post.created!r}|{post.id}".encode()).decode()


def _opened(cursor: str) -> tuple[float, str]:
    try:
        at, _, post_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return float(at), post_id
    except (ValueError, binascii.Error, UnicodeError):
        raise BadRequest("cursor: is none that a page of this list gave") from None
