"""Puts the content of a world file into a seeded world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stagedoor.platform.ads_vocabulary import OperationStatus

from ..control import apps
from ..control.errors import ControlError
from ..products.business.control import NewAdAccount, create_account
from ..products.business_ads.state import CAMPAIGNS, Campaign
from ..products.community import actions, rules
from ..products.community.control_bodies import VideoBody
from ..products.community.state import FOLLOWS, LIKES, Comment
from ..world import Creator, Video, World, WorldFileError
from .content import FileAdAccount, FileCreator, FileVideo, WorldContent


def fill(world: World, content: WorldContent) -> None:
    """Add the content. Raises `WorldFileError` with the paths of all mistakes; the world is then
    half filled and must be thrown away."""
    _Filling(world).fill(content)


class _Filling:
    def __init__(self, world: World) -> None:
        self._world, self._now = world, world.now()
        self._problems: list[tuple[str, str]] = []

    def fill(self, content: WorldContent) -> None:
        videos: list[tuple[str, FileVideo, Video]] = []
        for place, creator in enumerate(content.creators):
            with self._at(f"creators.{place}"):
                videos += self._creator(f"creators.{place}", creator)
        for place, person in enumerate(content.people):
            with self._at(f"people.{place}"):
                self._free(person.username)
                rules.add_person(self._world, person)
        # people first: comments, likes and follows name them
        for path, facts, video in videos:
            self._comments(path, facts, video)
            self._likes(path, facts, video)
        for place, follow in enumerate(content.follows):
            with self._at(f"follows.{place}"):
                self._follow(f"follows.{place}", follow.follower, follow.followed)
        for place, app in enumerate(content.apps):
            with self._at(f"apps.{place}"):
                apps.create(self._world, app)
        for place, account in enumerate(content.ad_accounts):
            with self._at(f"ad_accounts.{place}"):
                self._ad_account(account)
        if self._problems:
            said = "; ".join(f"{path}: {reason}" for path, reason in self._problems[:20])
            raise WorldFileError(said, tuple(self._problems))

    @contextmanager
    def _at(self, path: str) -> Iterator[None]:
        """Note a refusal as a problem of this path."""
        try:
            yield
        except ControlError as error:
            if error.problems:
                self._problems += [(f"{path}.{inner}", why) for inner, why in error.problems]
            else:
                self._problems.append((path, error.message))

    def _free(self, username: str) -> None:
        if self._world.named(username) is not None:
            raise ControlError(
                409, "", (("username", f"there is somebody named {username!r} already"),)
            )

    def _named(self, path: str, username: str) -> Creator | None:
        person = self._world.named(username)
        if person is None:
            self._problems.append((path, f"there is nobody named {username!r}"))
        return person

    def _creator(self, path: str, order: FileCreator) -> Iterator[tuple[str, FileVideo, Video]]:
        self._free(order.username)
        facts = order.model_dump(exclude={"videos", "display_name"})
        creator = Creator(
            id=self._world.ids.past_number(self._now - 400 * 86_400),
            display_name=order.display_name or order.username,
            **facts,
        )
        self._world.creators.add(creator)
        return iter(
            [
                (f"{path}.videos.{place}", one, self._video(creator, one))
                for place, one in enumerate(order.videos)
            ]
        )

    def _video(self, creator: Creator, order: FileVideo) -> Video:
        created = self._now - order.age
        facts = order.model_dump(include=set(VideoBody.model_fields) - {"age"})
        video = Video(
            id=self._world.ids.past_number(created),
            creator_id=creator.id,
            created=created,
            **facts,
        )
        return self._world.add_video(video)

    def _comments(self, path: str, order: FileVideo, video: Video) -> None:
        count = sum(1 + len(one.replies) for one in order.threads)
        moment = self._moments(video, count)
        for place, one in enumerate(order.threads):
            inner = f"{path}.threads.{place}"
            author = self._named(f"{inner}.author", one.author)
            made = author and self._comment(video, author, one.text, moment())
            for number, reply in enumerate(one.replies):
                answering = self._named(f"{inner}.replies.{number}.author", reply.author)
                if made and answering:
                    self._comment(video, answering, reply.text, moment(), made)
        if count > video.comments:
            video.comments = count

    def _comment(
        self, video: Video, author: Creator, text: str, at: float, parent: Comment | None = None
    ) -> Comment:
        return actions.comment(self._world, video, author, text, at, parent)

    def _likes(self, path: str, order: FileVideo, video: Video) -> None:
        moment = self._moments(video, len(order.liked_by))
        for place, username in enumerate(order.liked_by):
            inner = f"{path}.liked_by.{place}"
            person = self._named(inner, username)
            if person is None:
                continue
            if actions.key(person.id, video.id) in self._world[LIKES]:
                self._problems.append((inner, f"{username} likes it already"))
                continue
            actions.like(self._world, person, video, moment())
        if len(order.liked_by) > video.likes:
            video.likes = len(order.liked_by)

    def _moments(self, video: Video, count: int) -> Callable[[], float]:
        """Moments from the post to now, evenly."""
        step, taken = (self._now - video.created) / (count + 1), 0

        def following() -> float:
            nonlocal taken
            taken += 1
            return video.created + taken * step

        return following

    def _follow(self, path: str, follower_name: str, followed_name: str) -> None:
        follower = self._named(f"{path}.follower", follower_name)
        followed = self._named(f"{path}.followed", followed_name)
        if follower and followed:
            if actions.key(follower.id, followed.id) in self._world[FOLLOWS]:
                self._problems.append((path, f"{follower_name} follows {followed_name} already"))
                return
            rules.add_follow(self._world, follower, followed)

    def _ad_account(self, order: FileAdAccount) -> None:
        account = create_account(
            self._world, NewAdAccount(**order.model_dump(exclude={"campaigns"}))
        )
        for one in order.campaigns:
            status = OperationStatus.DISABLE if one.paused else OperationStatus.ENABLE
            self._world[CAMPAIGNS].add(
                Campaign(
                    id=self._world.ids.number(self._now),
                    advertiser_id=account.id,
                    name=one.name,
                    objective_type=one.objective_type,
                    budget_mode=one.budget_mode,
                    budget=one.budget,
                    operation_status=status,
                    created=self._now,
                    modified=self._now,
                    settled=self._now,
                    charged_from=self._now,
                )
            )
