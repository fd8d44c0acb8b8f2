"""The objects of the tenant matrix: for each route of the document a request that must succeed."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import httpx2
from sqlalchemy import insert, update

from stagedoor.agents.oauth.models import agent_sign_ins
from stagedoor.connector.apps.models import apps
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.event_types import EventType
from stagedoor.connector.inbox.comments import conversation_id, seen_with_replies
from stagedoor.connector.inbox.ingest import Read
from stagedoor.connector.publishing.models import posts
from stagedoor.connector.publishing.outcomes import PostFailure
from stagedoor.connector.webhooks.models import inbox
from stagedoor.platform.products.business_comments import AccountComment
from tests.agents.approval_steps import ASKED, asks
from tests.agents.call_requests import film
from tests.agents.conftest import AgentFixture, make
from tests.connector.conftest import SCOPES, Service
from tests.support import media
from tests.support.ads_desk import AdsRoutes
from tests.support.business_connecting import ADVERTISER, connect_business
from tests.support.connecting import connect
from tests.support.local import Local

CALL = "/api/upstream/call/tiktok-provider"
EXPORTS = "/api/portability/requests"
RECEIVER = "http://127.0.0.1:9/events"
DRAFT = {"title": "A dish", "privacyLevel": "SELF_ONLY"}


@dataclass
class Wanted:
    """A request: values of the path, the query and the body."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


class World:
    """An organisation with an account, posts and agents; each request gets objects of its own."""

    def __init__(self, agent: AgentFixture) -> None:
        self.agent = agent
        self.service: Service = agent.service
        self._number = itertools.count(1)
        self._advertises = False
        self._ads: tuple[AdsRoutes, tuple[str, str, str]] | None = None

    def ads(self) -> tuple[AdsRoutes, tuple[str, str, str]]:
        """Ad accounts, and the ids of a campaign with an ad group and an ad."""
        if self._ads is None:
            self.advertiser()
            routes = AdsRoutes(self.service)
            self._ads = routes, routes.tree()
        return self._ads

    def wanted(self, name: str, path: str, example: Any) -> Wanted:
        """The request of a route: its example with ids that exist, or what `_PREPARED` says."""
        made = Wanted(body=copy.deepcopy(example))
        prepare = _PREPARED.get(name)
        if prepare is not None:
            prepare(self, made)
        for part, value in _IDS.items():
            if f"{{{part}}}" in path and part not in made.path:
                made.path[part] = value(self)
        for part, value in (("integrationId", World.account), ("publishId", World.draft)):
            if isinstance(made.body, dict) and part in made.body and prepare is None:
                made.body[part] = value(self)
        return made

    def account(self) -> str:
        return self.agent.account

    def draft(self) -> str:
        """A video whose file is here."""
        begun = self.service.api("POST", f"{CALL}/init-video-upload", DRAFT)
        assert self.service.http.put(begun["uploadUrl"], content=media.video()).status_code == 201
        return str(begun["publishId"])

    def failed(self) -> str:
        """A post that failed, as the worker leaves one."""
        post = self.draft()
        failure = PostFailure("internal", "TikTok failed.", "Retry it.", retryable=True).stored()
        with self.service.services.database.begin() as connection:
            mine = update(posts).where(posts.c.id == post)
            connection.execute(mine.values(state="failed", failure=failure))
        return post

    def photo(self) -> str:
        [place] = self.service.api("POST", f"{CALL}/init-photo-upload", {"count": 1})["uploads"]
        assert self.service.http.put(place["uploadUrl"], content=media.photo()).status_code == 201
        return str(place["uploadId"])

    def other_agent(self) -> str:
        made = self.service.api("POST", "/api/agents", {"name": f"Agent {next(self._number)}"})
        return str(made["id"])

    def sign_in(self, agent_id: str) -> str:
        """A client that signed in as the agent."""
        made = f"sign-in-{next(self._number)}"
        now = self.service.services.clock.now()
        with self.service.services.database.begin() as connection:
            values = {
                "id": made,
                "org": "acme",
                "agent_id": agent_id,
                "client_id": "client",
                "client_name": "Editor",
                "redirect_uri": "http://127.0.0.1/callback",
                "challenge": "c",
                "resource": "r",
                "refresh": made,
                "created": now,
                "ends": now + 3600,
            }
            connection.execute(insert(agent_sign_ins).values(**values))
        return made

    def library_file(self, data: bytes | None = None) -> str:
        """A video of the media library."""
        made = self.service.api("POST", "/api/media", {"kind": "video"})
        sent = self.service.http.put(made["uploadUrl"], content=data or media.video())
        assert sent.status_code == 201
        return str(made["media"]["mediaId"])

    def unfit_file(self) -> str:
        """A video that posts take after a conversion only."""
        return self.library_file(media.video(fps=12))

    def conversion(self) -> str:
        begun = self.service.api("POST", f"/api/media/{self.unfit_file()}/convert", {})
        return str(begun["conversionId"])

    def webhook(self) -> str:
        """A receiver that nobody listens at; nothing is sent without a worker."""
        made = self.service.api("POST", "/api/webhooks", {"url": RECEIVER})
        return str(made["webhook"]["id"])

    @cached_property
    def commented(self) -> str:
        """A business account, whose comments are read and written."""
        return connect_business(self.service, "businessAccount")["integrationId"]

    def comment(self) -> tuple[str, str]:
        """A conversation that the account began under its own video, and its message."""
        services, account = self.service.services, self.commented
        tiktok = services.business.for_account("acme", account)
        video = tiktok.accounts.list_posts().videos[0].item_id
        made = tiktok.comments.create(video_id=video, text=f"Hello {next(self._number)}")
        own = AccountComment(comment_id=made.comment_id, text=made.text, owner=True)
        now = services.clock.now()
        with services.database.begin() as connection:
            tenant = TenantConnection(connection, "acme")
            seen = seen_with_replies(own, video, now)
            services.inbox_comments.record(tenant, Read(account, now, now), seen)
        return conversation_id(account, made.comment_id), made.comment_id

    def conversation(self) -> str:
        return self.comment()[0]

    def waiting(self) -> str:
        """A member's post that waits for an admin."""
        post = self.draft()
        setting = "/api/settings/publishing"
        self.service.api("PUT", setting, {"publishing": "approval"})
        self.service.api("POST", f"{CALL}/publish-video", {"publishId": post}, role="member")
        self.service.api("PUT", setting, {"publishing": "member"})
        return post

    def audience(self) -> str:
        """An audience without members, in an ad account that the organisation reaches."""
        self.advertiser()
        body = {"accountId": ADVERTISER, "name": f"Customers {next(self._number)}"}
        return str(self.service.api("POST", "/api/ads/audiences", body)["audienceId"])

    def advertiser(self) -> str:
        """The ad account, which is connected when it is first asked for."""
        if not self._advertises:
            self._advertises = True
            connect_business(self.service)
        return ADVERTISER

    def published(self) -> str:
        """A post whose file is kept, as the worker leaves one that was published privately."""
        post = self.draft()
        with self.service.services.database.begin() as connection:
            mine = update(posts).where(posts.c.id == post)
            connection.execute(mine.values(state="published", visibility="private"))
        return post

    def tiktok(self, method: str, path: str, body: Any = None) -> Any:
        """A control route of the local TikTok."""
        url = self.service.services.settings.hosts.api
        with httpx2.Client(base_url=url, timeout=30) as http:
            return Local(url, http).control(method, path, body)

    def research(self) -> str:
        """A research job that hasn't begun: there is no worker."""
        body = {"kind": "user-info", "requests": [{"username": "maracooks"}]}
        return str(self.service.api("POST", "/api/research/jobs", body)["job"]["id"])

    def export(self) -> str:
        """A copy of the creator's data that TikTok collects; the account allows it from now on."""
        scopes = [*SCOPES, "portability.all.ongoing"]
        with self.service.services.database.begin() as connection:
            connection.execute(update(apps).values(scopes=scopes))
        connect(self.service, scopes=scopes, integrationId=self.account())
        body = {"integrationId": self.account()}
        return str(self.service.api("POST", EXPORTS, body)["id"])

    def archive(self) -> str:
        """A copy of the creator's data that can be downloaded."""
        made = self.export()
        path = f"{EXPORTS}/{made}"
        tiktok_id = self.service.api("GET", path)["tiktokRequestId"]
        self.tiktok("POST", f"exports/{tiktok_id}/finish", {})
        self.service.services.portability.follow(f"acme/{made}")
        assert self.service.api("GET", path)["state"] == "ready"
        return made

    def approval(self) -> str:
        """A call that waits for a person."""
        name = f"Asking {next(self._number)}"
        agent = make(self.service, self.agent.agents, name)
        agent.given(ASKED)
        upload = agent.agents.services.drafts.begin_upload("acme")
        assert self.service.http.put(upload.url, content=media.video()).status_code == 201
        url = "https://a.example.com/"
        return asks(agent, film(agent, url, "A dish", uploads=(upload.media_id,)))


def _of_agent(world: World, wanted: Wanted) -> None:
    agent = world.other_agent()
    wanted.path = {"agent_id": agent, "sign_in_id": world.sign_in(agent)}


def _waiting(world: World, wanted: Wanted) -> None:
    wanted.path = {"publish_id": world.waiting()}


def _receiver(world: World, wanted: Wanted) -> None:
    wanted.body = {"url": RECEIVER}


def _bulk(world: World, wanted: Wanted) -> None:
    due = datetime.fromtimestamp(world.service.services.clock.now() + 3_600, UTC).isoformat()
    head = "key,mediaId,title,privacyLevel,publishAt"
    wanted.body["csv"] = f"{head}\n1,{world.library_file()},A dish,SELF_ONLY,{due}\n"


def _message(world: World, wanted: Wanted) -> None:
    conversation, message = world.comment()
    wanted.path = {"conversation_id": conversation, "message_id": message, "action": "like"}


def _reply(world: World, wanted: Wanted) -> None:
    wanted.path = {"conversation_id": world.conversation()}


def _delivery(world: World, wanted: Wanted) -> None:
    webhook = world.webhook()
    services = world.service.services
    with services.database.begin() as connection:
        services.events.emit(TenantConnection(connection, "acme"), EventType.POST_FAILED, dict)
    path = f"/api/webhooks/{webhook}/deliveries"
    [delivery] = world.service.api("GET", path)["deliveries"]
    wanted.path = {"webhook_id": webhook, "delivery_id": delivery["id"]}


def _convert(world: World, wanted: Wanted) -> None:
    wanted.path = {"media_id": world.unfit_file()}


def _new_audience(world: World, wanted: Wanted) -> None:
    wanted.body["accountId"] = world.advertiser()


def _new_creative(world: World, wanted: Wanted) -> None:
    wanted.body = {"accountId": world.advertiser(), "publishId": world.published()}


def _of_advertiser(world: World, wanted: Wanted) -> None:
    wanted.query = {"accountId": world.advertiser()}


def _publish(world: World, wanted: Wanted) -> None:
    wanted.body = {"publishId": world.draft()}


def _publish_photos(world: World, wanted: Wanted) -> None:
    wanted.body = DRAFT | {"uploads": [world.photo()]}


def _retry(world: World, wanted: Wanted) -> None:
    wanted.path = {"publish_id": world.failed()}


def _disconnect(world: World, wanted: Wanted) -> None:
    made = connect(world.service, creator="ridewithrio")
    wanted.path = {"integration_id": made["integrationId"]}


def _end_credential(world: World, wanted: Wanted) -> None:
    made = connect(world.service, creator="ridewithrio")
    wanted.path = {"integration_id": made["integrationId"], "kind": "creator"}


def _dead_event(world: World, wanted: Wanted) -> None:
    services = world.service.services
    grant = services.integrations.get("acme", world.account()).grant
    app = services.apps.get(grant.app_id)
    now = services.clock.now()
    values = {
        "key": f"dead-{next(world._number)}",
        "client_key": app.client_key,
        "open_id": grant.open_id,
        "event": "post.publish.complete",
        "created": now,
        "received": now,
        "body": "{}",
        "state": "failed",
        "attempts": 8,
    }
    with services.database.begin() as connection:
        made = connection.execute(insert(inbox).values(**values)).inserted_primary_key
    assert made is not None
    wanted.path = {"event_id": str(made[0])}


def _erasure(world: World, wanted: Wanted) -> None:
    made = world.service.api("POST", "/api/data/erase", {"username": "nobody_here"})
    wanted.path = {"erasure_id": made["erasureId"]}


def _erase(world: World, wanted: Wanted) -> None:
    wanted.body = {"username": "nobody_here"}


def _own_app(world: World, wanted: Wanted) -> None:
    wanted.body = {"clientKey": "emulator-unaudited-key", "clientSecret": "emulator-client-secret"}


def _export(world: World, wanted: Wanted) -> None:
    world.export()
    wanted.body = {"integrationId": world.account()}


def _archive(world: World, wanted: Wanted) -> None:
    wanted.path = {"request_id": world.archive()}


def _ad(world: World, wanted: Wanted) -> None:
    [ad, *_] = world.tiktok("GET", "ads")["ads"]
    wanted.body = {"adId": ad["id"]}


def _read_status(world: World, wanted: Wanted) -> None:
    wanted.query = {"publishId": world.draft()}


def _read_videos(world: World, wanted: Wanted) -> None:
    wanted.query = {"filters.videoIds": "7480000000000000001"}


def _of_ad_account(world: World, wanted: Wanted) -> None:
    world.ads()
    wanted.query = {"accountId": ADVERTISER}


def _new_campaign(world: World, wanted: Wanted) -> None:
    world.ads()
    wanted.body["accountId"] = ADVERTISER


def _new_ad_group(world: World, wanted: Wanted) -> None:
    routes, _ = world.ads()
    wanted.body = routes.group_body(routes.campaign("Another")["id"])


def _new_ad(world: World, wanted: Wanted) -> None:
    routes, (_, group, _) = world.ads()
    wanted.body = routes.ad_body(group)


_IDS: Mapping[str, Callable[[World], str]] = {
    "publish_id": World.draft,
    "agent_id": World.other_agent,
    "integration_id": World.account,
    "approval_id": World.approval,
    "media_id": World.library_file,
    "webhook_id": World.webhook,
    "audience_id": World.audience,
    "conversion_id": World.conversion,
    "conversation_id": World.conversation,
    "job_id": World.research,
    "request_id": World.export,
    "sync_type": lambda world: "videos",
    "campaign_id": lambda world: world.ads()[1][0],
    "ad_group_id": lambda world: world.ads()[1][1],
    "ad_id": lambda world: world.ads()[1][2],
}
"""Values of path parameters: an object that exists."""
_PREPARED: Mapping[str, Callable[[World, Wanted], None]] = {
    "publishVideo": _publish,
    "publishPhotos": _publish_photos,
    "retryPost": _retry,
    "deleteIntegration": _disconnect,
    "deleteCredential": _end_credential,
    "erasePersonData": _erase,
    "replayReceivedEvent": _dead_event,
    "showErasure": _erasure,
    "setApp": _own_app,
    "requestCreatorData": _export,
    "downloadCreatorData": _archive,
    "adDetail": _ad,
    "readPostStatus": _read_status,
    "readQueryVideos": _read_videos,
    "endSignIn": _of_agent,
    "approvePost": _waiting,
    "refusePost": _waiting,
    "addWebhook": _receiver,
    "scheduleBulk": _bulk,
    "replayDelivery": _delivery,
    "convertMedia": _convert,
    "createAudience": _new_audience,
    "createCreative": _new_creative,
    "listCreatives": _of_advertiser,
    "listCampaigns": _of_ad_account,
    "listAdGroups": _of_ad_account,
    "listAds": _of_ad_account,
    "createCampaign": _new_campaign,
    "createAdGroup": _new_ad_group,
    "createAd": _new_ad,
    "replyToConversation": _reply,
    "moderateMessage": _message,
    "deleteMessage": _message,
}
"""Requests that need more than the route's example and an object for each id."""
LAST = ("setReturnUrls", "stopAllAgents", "eraseAuditTexts", "setApp")
"""Routes whose success changes what others need."""
