"""The second step of publishing directly: checking the post's settings against the creator's."""

from __future__ import annotations

from stagedoor.client import TikTok
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.products.posting import CreatorInfo, PostMode

from ..errors import ApiError
from ..integrations.accounts import Integration
from . import content, creator_settings, journal, outcomes
from .accounts import PostingAccounts
from .creator_settings import CreatorAnswers
from .journal import Name, PostStep
from .outcomes import PostFailure
from .post_run import PostRun
from .run_ends import Stop, end_failed, react, read_again


class SettingsStep:
    """Asks TikTok which settings the creator offers now."""

    def __init__(self, accounts: PostingAccounts, answers: CreatorAnswers) -> None:
        self._accounts = accounts
        self._answers = answers

    def account(self, run: PostRun, key: str) -> tuple[Integration, TikTok]:
        """The account and its client, for the step with this key."""
        post = run.post
        try:
            operation = content.operation(post.kind, post.mode)
            mode = PostMode.DIRECT_POST if post.direct else PostMode.MEDIA_UPLOAD
            account, tiktok = self._accounts.acting(
                post.org, post.integration, operation, {"post_mode": mode}
            )
            return account, tiktok.with_listener(run.hear)
        except ApiError as error:
            react(run, key, outcomes.of(error, run.now))
            raise Stop from None

    def run(self, run: PostRun) -> tuple[str, tuple[Integration, TikTok]]:
        """The creator's handle, and the account with its client.

        Settings that the creator doesn't offer fail here, before anything is sent.
        """
        post = run.post
        key = run.begin(Name.SETTINGS)
        account, tiktok = self.account(run, key)
        try:
            creator: CreatorInfo = tiktok.posts.creator_info()
        except (StagedoorError, ApiError) as error:
            react(run, key, read_again(outcomes.of(error, run.now)))
            raise Stop from None
        self._answers.keep(account.grant.id, creator)
        found = (
            creator_settings.level_problem(post.privacy, creator),
            creator_settings.length_problem(_seconds(run.steps), creator),
        )
        problems = [problem for problem in found if problem is not None]
        if problems:
            failure = PostFailure(
                "settings_mismatch",
                f"{'; '.join(problems)}. Nothing was sent.",
                "Read creator-info, choose from what it offers with PATCH, then retry the post.",
            )
            end_failed(run, key, failure)
        detail = {
            "username": creator.creator_username,
            "nickname": creator.creator_nickname,
            "privacyLevels": [str(level) for level in creator.privacy_level_options],
            "commentDisabled": creator.comment_disabled,
            "duetDisabled": creator.duet_disabled,
            "stitchDisabled": creator.stitch_disabled,
            "maxSeconds": creator.max_video_post_duration_sec,
        }
        run.end_with_next(key, detail)
        return creator.creator_username, (account, tiktok)


def _seconds(steps: list[PostStep]) -> float | None:
    """The video's length in seconds, as the check step found it."""
    for step in journal.of(steps, Name.CHECK):
        for facts in (step.detail or {}).get("media", ()):
            if isinstance(facts, dict) and facts.get("seconds"):
                return float(facts["seconds"])
    return None
