"""`profile`: the account's name, picture and counters."""

from __future__ import annotations

from stagedoor.platform.products import display
from stagedoor.platform.scopes import Scope

from ...activity import readings
from ...integrations import profile
from ...integrations.accounts import CredentialKind
from ..sync_run import Cadence, Next, SyncRun, SyncType

_EVERY = 6 * 3_600.0
_FIELDS = tuple(
    name
    for name in display.USER_FIELD_SCOPES
    if name not in ("open_id", "union_id", "avatar_url_100", "avatar_url_200", "avatar_large_url")
)


def _run(stretch: SyncRun) -> Next:
    had = stretch.had
    fields = tuple(name for name in _FIELDS if display.USER_FIELD_SCOPES[name] in had)
    user: display.User = stretch.tiktok.user.info(fields=fields).user
    now = stretch.now
    named = profile.ConnectedProfile(user.username, user.display_name, user.avatar_url)
    with stretch.write() as tenant:
        profile.keep(tenant.connection, stretch.account.grant.id, named)
        readings.record_account(
            tenant,
            stretch.account.id,
            (user.follower_count, user.following_count, user.likes_count, user.video_count),
            now,
            bio=user.bio_description,
            profile_url=user.profile_web_link or user.profile_deep_link,
            verified=user.is_verified,
        )
    return Next(now + _EVERY)


PROFILE = SyncType(
    name="profile",
    subject=CredentialKind.CREATOR,
    scopes=(Scope.USER_INFO_BASIC, Scope.USER_INFO_PROFILE, Scope.USER_INFO_STATS),
    what="The account's name, picture, followers, likes and number of videos",
    operations=(display.USER_INFO.id,),
    page=1,
    cadence=(Cadence(_EVERY),),
    run=_run,
)
