"""`up`, `serve`, `worker`, `token`, and `post` and `videos` through the service."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stagedoor import Tokens
from stagedoor.cli import settings
from stagedoor.cli.demo.consent import answer
from stagedoor.cli.demo.processes import free_port
from stagedoor.cli.remote import Remote
from tests.examples.business import ADVERTISER_ID
from tests.support import media

from .conftest import Connect, Shell, Started
from .test_proxies import TOKEN


@dataclass
class Up:
    """`stagedoor up`, and how to reach it."""

    shell: Shell
    service: str
    emulator: str
    running: Started

    def token(self, org: str = "acme", *more: str) -> str:
        clock = f"{self.emulator}/_emulator/clock"
        done = self.shell.run("token", "--org", org, *more, STAGEDOOR_CLOCK=clock)
        assert done.code == 0, done.err
        return done.out.strip()

    def lines(self) -> list[str]:
        """The output of `up` so far."""
        return list(self.running.lines)

    def settings(self, org: str = "acme") -> dict[str, str]:
        return {"STAGEDOOR_SERVICE_URL": self.service, "STAGEDOOR_TOKEN": self.token(org)}

    def connect(self, org: str = "acme") -> None:
        with Remote(self.service, self.token(org)) as remote:
            started = remote.call("get-auth-url", returnUrl="https://saas.example.com/back")
            came = remote.http.get(answer(started["authUrl"]))
            assert "integration=connected" in came.headers["location"]


@contextmanager
def up(shell: Shell) -> Iterator[Up]:
    ports = free_port(), free_port()
    command = ("up", "--port", str(ports[0]), "--emulator-port", str(ports[1]))
    with shell.started(*command) as running:
        service = running.line(r"Stagedoor on (http://\S+)", 40)[1]
        emulator = running.line(r"TikTok emulator +(http://[^/]+)")[1]
        yield Up(shell, service, emulator, running)


@pytest.mark.long
@pytest.mark.timeout(120)
def test_up_runs_everything_and_posts_go_through_it(shell: Shell) -> None:
    clip = shell.folder / "clip.mp4"
    clip.write_bytes(media.video())
    with up(shell) as service:
        ready = httpx2.get(f"{service.service}/readyz").json()
        assert ready["status"] == "ok"
        reference = service.running.line(r"API reference +(http\S+/docs)$")[1]
        assert httpx2.get(reference).is_success

        env = service.settings()
        nobody = shell.run("videos", **env)
        assert nobody.code == 1
        assert "no account connected to the service" in nobody.words

        service.connect()
        undecided = shell.run("post", clip, **env)
        assert undecided.code == 2
        assert "@maracooks offers: PUBLIC_TO_EVERYONE" in undecided.words

        done = shell.run("post", clip, "--privacy", "PUBLIC_TO_EVERYONE", "--title", "Hi", **env)
        assert done.code == 0, done.err
        assert re.search(r"Published for @maracooks: .*\(publish_id \S+\)", done.words)

        drafted = shell.run("post", clip, "--draft", "--json", **env)
        assert drafted.json["state"] == "inInbox"

        rows = shell.folder / "posts.csv"
        rows.write_text(
            "key,caption,privacyLevel,publishAt,videoUrl\n"
            "a,Soup,SELF_ONLY,2020-01-01T09:00,https://cdn.example.com/a.mp4\n"
            "b,Soup,EVERYBODY,2020-01-01T09:00,https://cdn.example.com/a.mp4\n"
            "c,Soup,NOBODY,2020-01-01T09:00,https://cdn.example.com/a.mp4\n"
        )
        refused = shell.run("post", "--csv", rows, "--time-zone", "Europe/Berlin", **env)
        assert refused.code == 1
        assert "row 3, privacyLevel" in refused.words
        assert "row 4, privacyLevel" in refused.words

        pack = shell.run("audit-pack", drafted.json["publish_id"], "--json", **env).json
        assert {one["id"] for one in pack["checklist"]} >= {"ux01", "ux16"}

        listed = shell.run("videos", "--limit", "2", "--json", **env).json
        assert "Hi" in [video["title"] for video in listed]

        not_one = shell.folder / "notes.mp4"
        not_one.write_text("words")
        refused = shell.run("post", not_one, "--privacy", "SELF_ONLY", **env)
        assert refused.code == 1
        assert "can't be read as a video" in refused.words

        with shell.started("connect", "--kind", "ads", "--no-browser", **env) as running:
            allow_at_service(running.line(r"^  (http\S+)$", 40)[1])
            assert running.process.wait(20) == 0
        posts_by_hand(shell, env, clip)

        told = httpx2.get(f"{service.emulator}/_emulator/deliveries").json()["deliveries"]
        assert {item["state"] for item in told} == {"delivered"}
    # it was told to end, and nothing of it is left
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{service.emulator}/_emulator/clock")


@pytest.mark.long
@pytest.mark.timeout(120)
def test_accounts_are_connected_listed_and_disconnected_through_the_service(shell: Shell) -> None:
    with up(shell) as service:
        local = settings.CommandSettings(service.emulator, None, None, shell.home)
        settings.remember(local, "of_this_machine", Tokens(access_token="act", open_id="o"), 1.0)
        shell.env["STAGEDOOR_TIKTOK_URL"] = service.emulator
        env = service.settings()

        assert "No account is connected to the service at" in shell.run("accounts", **env).err
        with shell.started("connect", "--no-browser", **env) as running:
            allow_at_service(running.line(r"^  (http\S+)$", 40)[1])
            assert running.process.wait(20) == 0
            running.line(rf"^Connected @maracooks to the service at {service.service}\.$")
        listed = shell.run("accounts", "--json", **env).json
        assert [(one["username"], one["status"]) for one in listed] == [("maracooks", "active")]
        assert shell.run("accounts", **env).out.startswith("@maracooks  active (")
        assert shell.run("accounts").out.split()[:2] == ["default", "@of_this_machine"]
        sync_by_hand(shell, env)
        research_by_hand(shell, env)

        data_by_hand(shell, env)

        refused = shell.run("disconnect", "of_this_machine", **env)
        assert "@of_this_machine is not connected to the service" in refused.words
        done = shell.run("disconnect", "@maracooks", **env)
        assert done.out == f"Disconnected @maracooks from the service at {service.service}.\n"
        assert shell.run("accounts", "--json", **env).json == []

        assert any(f"{settings.EMULATOR_APP_ID}, ready-made" in line for line in service.lines())
        with shell.started("connect", "--kind", "ads", "--no-browser", **env) as running:
            allow_at_service(running.line(r"^  (http\S+)$", 40)[1])
            assert running.process.wait(20) == 0
            running.line(rf"^Connected Mara Lindqvist to the service at {service.service}\.$")
            assert f"  {ADVERTISER_ID}" in running.lines
        [record] = shell.run("accounts", "--json", **env).json
        assert [one["kind"] for one in record["credentials"]] == ["ads"]
        campaign = campaign_of(service.emulator)
        metrics_of_ads(shell, env, campaign)
        campaigns_by_hand(shell, env, campaign)

        with shell.started(
            "connect", "--kind", "businessAccount", "--no-browser", **env
        ) as running:
            allow_at_service(running.line(r"^  (http\S+)$", 40)[1])
            assert running.process.wait(20) == 0
        comments_by_hand(shell, env, service.emulator)


def metrics_of_ads(shell: Shell, env: dict[str, str], campaign: str) -> None:
    assert "Mara's Kitchen" in shell.run("ads", "accounts", **env).out
    listed = shell.run("ads", "accounts", "--json", **env).json
    assert listed[0]["account_id"] == ADVERTISER_ID
    told = shell.run("ads", "metrics", campaign, "--json", **env).json
    assert len(told["rows"]) == 30
    assert told["totals"]["video_watched2s"] > 0
    shown = shell.run("ads", "metrics", campaign, "--from", told["rows"][-2]["date"], **env)
    assert "money in USD" in shown.words
    assert f"TikTok may still revise the days after {told['final_until']}." in shown.words
    missing = shell.run("ads", "metrics", campaign, "--level", "adgroup", **env)
    assert "There is no such ad group" in missing.words
    unknown = shell.run("ads", "metrics", "17", **env)
    assert (unknown.code, "no such campaign" in unknown.words) == (1, True)
    assert "--from is after --to" in shell.run(*AHEAD, **env).words
    assert "'stagedoor ads report'" in shell.run("ads", "metrics", "17").words


def campaigns_by_hand(shell: Shell, env: dict[str, str], campaign: str) -> None:
    """The seeded person has two ad accounts: one is named where it matters."""
    unnamed = shell.run("ads", "campaigns", **env)
    assert (unnamed.code, "with --advertiser" in unnamed.words) == (2, True)
    wrong = shell.run("ads", "campaigns", "--advertiser", "17", **env)
    assert "17 isn't one of the 2 ad accounts" in wrong.words
    of = ("--advertiser", ADVERTISER_ID)
    listed = shell.run("ads", "campaigns", *of, "--json", **env).json
    assert campaign in [one["id"] for one in listed]
    shown = shell.run("ads", "campaigns", *of, "--limit", "1", **env)
    assert "USD" in shown.out
    assert "shown: --limit N shows more than 1." in shown.err

    paused = shell.run("ads", "pause", campaign, *of, **env)
    assert paused.out.endswith(": disable\n")
    assert paused.out.startswith(f"{campaign} ")
    launched = shell.run("ads", "launch", campaign, **env)
    assert (launched.code, launched.out.startswith(f"{campaign} ")) == (0, True)
    assert not launched.out.endswith(": disable\n")
    with Remote(env["STAGEDOOR_SERVICE_URL"], env["STAGEDOOR_TOKEN"]) as remote:
        body = {"accountId": ADVERTISER_ID, "name": "Empty", "objective": "TRAFFIC"}
        empty = remote.send("POST", "/api/ads/campaigns", body | {"budget": "100.00"})["id"]
    blocked = shell.run("ads", "launch", empty, **env)
    assert blocked.code == 1
    assert blocked.err.splitlines()[0].endswith("and nothing of it was switched on:")
    assert all(line.startswith("  ") for line in blocked.err.splitlines()[1:])
    some = shell.run("ads", "pause", "17", campaign, *of, **env)
    assert (some.code, some.out.startswith(f"{campaign} ")) == (1, True)
    assert some.err.startswith("17 is left out: ")
    assert some.err.endswith("1 of 2 campaigns left out: 17.\n")
    assert shell.run("ads", "launch", campaign, *of, **env).code == 0
    reports_by_hand(shell, env, campaign)


def reports_by_hand(shell: Shell, env: dict[str, str], campaign: str) -> None:
    told = shell.run("ads", "metrics", campaign, "--json", **env).json
    # days that are over: today, campaigns spend between two commands
    days = told["rows"][-12:-2]
    span = ("--from", days[0]["date"], "--to", days[-1]["date"])
    report = ("ads", "report", "--advertiser", ADVERTISER_ID, *span, "--json")
    spent = sum(Decimal(row["spend"]) for row in days)
    rows = shell.run(*report, **env).json
    assert list(rows[0]) == [
        "campaign_id",
        "campaign_name",
        "spend",
        "impressions",
        "clicks",
        "ctr",
    ]
    assert [row["spend"] for row in rows] == sorted((row["spend"] for row in rows), reverse=True)
    [mine] = [row for row in rows if row["campaign_id"] == campaign]
    assert Decimal(str(mine["spend"])) == spent
    daily = shell.run(*report, "--level", "ad", "--daily", "--all", **env).json
    assert sum(row["impressions"] for row in daily) == sum(row["impressions"] for row in rows)
    assert [row["stat_time_day"] for row in daily] == sorted(row["stat_time_day"] for row in daily)
    chart = shell.run(*report[:-1], "--chart", **env)
    assert (chart.code, chart.words.startswith("spend by day, in USD")) == (0, True)
    for wrong in (("--metrics", "app_install"), ("--metrics", "reach"), ("--account", "mara")):
        assert shell.run(*report, *wrong, **env).code == 2


def data_by_hand(shell: Shell, env: dict[str, str]) -> None:
    found = shell.run("data", "find", "@maracooks", **env)
    assert ("accounts" in found.out, ": @maracooks" in found.out) == (True, True)
    assert "Not searched: " in found.err
    told = shell.run("data", "find", "@maracooks", "--json", **env).json
    assert told["kinds"][0]["kind"]
    refused = shell.run("data", "erase", "@maracooks", "--yes", **env)
    assert (refused.code, "--disconnect ends its credentials first" in refused.words) == (1, True)
    assert shell.run("data", "erase", "nobody.known", **env).code != 0
    done = shell.run("data", "erase", "nobody.known", "--yes", "--json", **env).json
    assert done["state"] == "done"
    shown = shell.run("data", "show", done["erasure_id"], **env)
    assert shown.out == "There was nothing to erase.\n"
    assert (
        "at least one of USERNAME, --open-id and --user-id"
        in shell.run("data", "find", **env).words
    )
    assert "set STAGEDOOR_SERVICE_URL" in shell.run("data", "find", "mara").words


AHEAD = ("ads", "metrics", "17", "--from", "2026-02-01", "--to", "2026-01-01")


def posts_by_hand(shell: Shell, env: dict[str, str], clip: Path) -> None:
    """Posts of the only creator, where an account for ads alone is connected, too."""
    post = ("post", clip, "--privacy", "SELF_ONLY")
    at = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    made = shell.run(*post, "--title", "Soup", "--at", at, "--json", **env)
    assert made.code == 0, made.err
    publish_id = made.json["publish_id"]
    listed = shell.run("posts", "list", "--state", "scheduled", "--json", **env).json
    assert [one["publish_id"] for one in listed] == [publish_id]
    assert "@maracooks  Soup" in shell.run("posts", "list", **env).out
    assert "@maracooks  Soup" in shell.run("posts", "list", "--search", "sOUP", **env).out
    assert shell.run("posts", "list", "--search", "salad", **env).out == ""
    assert "scheduled for" in shell.run("posts", "show", publish_id, **env).words
    refused = shell.run("posts", "settle", publish_id, "published", **env)
    assert (refused.code, "only an unknown outcome" in refused.words) == (1, True)
    assert shell.run("posts", "cancel", publish_id, **env).code == 0
    shown = shell.run("posts", "show", publish_id, "--json", **env).json
    assert shown["state"] == "cancelled"
    assert "make a new one" in shell.run("posts", "retry", publish_id, **env).words

    before = len(shell.run("posts", "list", "--json", **env).json)
    missing = shell.run("post", "nowhere.mp4", "--privacy", "SELF_ONLY", **env)
    assert (missing.code, "can't read nowhere.mp4" in missing.words) == (1, True)
    assert len(shell.run("posts", "list", "--json", **env).json) == before


def campaign_of(emulator: str) -> str:
    """The id of the running campaign of the seeded ad account, as TikTok lists it."""
    token = httpx2.post(f"{emulator}/_emulator/business/tokens", json={}).json()["access_token"]
    path, headers = "/open_api/v1.3/campaign/get/", {"Access-Token": token}
    with httpx2.Client(base_url=emulator, headers=headers) as tiktok:
        while True:
            told = tiktok.get(path, params={"advertiser_id": ADVERTISER_ID}).json()
            if told["code"] == 0:
                listed = told["data"]["list"]
                return next(
                    str(one["campaign_id"]) for one in listed if "Knife" in one["campaign_name"]
                )
            assert told["code"] == 40100, told  # the service's own calls fill the app's rate limit
            time.sleep(0.2)


def sync_by_hand(shell: Shell, env: dict[str, str]) -> None:
    assert shell.run("sync", "pause", "metrics", **env).code == 0
    done = shell.run("sync", "trigger", "--account", "@maracooks", "--since", "2020-01-01", **env)
    said = "profile: 1 account\nvideos: 1 account\nmetrics: 1 account, once it is resumed\n"
    assert done.out == said
    assert "metrics  1 account, paused" in shell.run("sync", "status", **env).out
    assert shell.run("sync", "resume", "metrics", **env).out == "metrics is resumed.\n"
    refused = shell.run("sync", "trigger", "comets", **env)
    assert refused.code == 1
    assert "'comets' can't be synchronised" in refused.words
    told = shell.run("sync", "status", "--json", **env).json
    assert [(one["sync_type"], one["paused"]) for one in told["types"]] == [
        ("profile", False),
        ("videos", False),
        ("metrics", False),
        ("comments", False),
        ("ads-metrics", False),
        ("ads-status", False),
    ]
    assert "set STAGEDOOR_SERVICE_URL" in shell.run("sync", "status").err


def comments_by_hand(shell: Shell, env: dict[str, str], emulator: str) -> None:
    """Answer, moderate and close a conversation from the terminal."""

    def run(*arguments: str) -> Any:
        return shell.run("inbox", *arguments, "--json", **env).json

    video = {"creator": "maracooks", "title": "Rye"}
    made = httpx2.post(f"{emulator}/_emulator/videos", json=video).json()["id"]
    said = {"author": "jonas.behind.doors", "text": "Which\x1b[31m flour?"}
    httpx2.post(f"{emulator}/_emulator/videos/{made}/comments", json=said)
    assert shell.run("sync", "trigger", "comments", **env).code == 0
    end = time.monotonic() + 40
    while not (listed := run("list", "--unread", "--video", made)):
        assert time.monotonic() < end, "the comment didn't come"
    [conversation] = [one["id"] for one in listed]
    nothing = shell.run("inbox", "list", "--search", "granite", **env)
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err.startswith("There is no conversation like that")
    text = shell.run("inbox", "list", "--search", "flour", "--status", "open", **env).out
    assert f"video {made}  @jonas.behind.doors: Which<U+001B>[31m flour?" in text
    assert run("reply", conversation, "Rye")["direction"] == "out"
    shown = run("show", conversation)
    assert (shown["status"], shown["video_id"]) == ("pending", made)
    first, own = [one["id"] for one in shown["messages"]]
    assert run("hide", conversation, first)["hidden"] is True
    assert run("unhide", conversation, first)["hidden"] is False
    assert shell.run("inbox", "like", conversation, first, **env).out == "It is liked.\n"
    assert run("pin", conversation, first)["pinned"] is True
    text = shell.run("inbox", "show", conversation, **env).out
    assert "(liked, pinned): Which" in text
    assert "@maracooks (the account): Rye" in text
    refused = shell.run("inbox", "delete", conversation, first, **env)
    assert (refused.code, "hide this one instead" in refused.words) == (1, True)
    assert shell.run("inbox", "delete", conversation, own, **env).out == "It is deleted.\n"
    assert run("close", conversation)["status"] == "closed"
    assert run("reopen", conversation)["status"] == "open"
    assert run("read", conversation)["unread"] is False
    refused = shell.run("inbox", "show", "../../posts", **env)
    assert (refused.code, "is no id" in refused.words) == (2, True)
    refused = shell.run("inbox", "reply", conversation, " ", **env)
    assert (refused.code, "no visible character" in refused.words) == (1, True)
    assert "only the service has an inbox" in shell.run("inbox", "list").err


def research_by_hand(shell: Shell, env: dict[str, str]) -> None:
    jobs = "research", "jobs"
    days = "--from", "2020-01-01", "--to", "2020-06-30"
    fields = "--fields", "id,video_description"
    asked = (*jobs, "query", "--where", "username=maracooks", *days, *fields)
    told = shell.run(*asked, "--dry-run", **env).out
    assert re.fullmatch(
        r"The job costs 6 to 1,?000 requests on 1 day; \d+ are left today\.\n", told
    )
    assert shell.run(*jobs, "list", **env).out == "No research job was begun.\n"
    assert shell.run(*asked, "--json", **env).json["job"]["state"] == "queued"
    file = shell.home / "job.json"
    file.write_text('{"kind": "user-info", "requests": [{"username": "maracooks"}]}')
    job = shell.run(*jobs, "begin", str(file), "--json", **env).json["job"]["id"]
    for _ in range(50):
        if (found := shell.run(*jobs, "show", job, "--json", **env).json)["state"] == "completed":
            break
    assert (found["rows"], found["max_requests"]) == (1, 1_000)
    assert shell.run(*jobs, "show", job, **env).out == "user-info: completed, 1 row\n"
    [row] = shell.run(*jobs, "data", job, "--json", **env).json
    assert row["data"]["display_name"] == "Mara Cooks"
    table = shell.home / "rows.csv"
    assert shell.run(*jobs, "data", job, "--output", str(table), **env).code == 0
    assert table.read_text().startswith("position,request,displayName")
    nowhere = shell.run(*jobs, "data", job, "--output", str(shell.home / "no" / "x.csv"), **env)
    assert (nowhere.code, "can't write" in nowhere.words) == (1, True)
    refused = shell.run(*jobs, "cancel", job, **env)
    assert (refused.code, "completed already" in refused.words) == (1, True)
    assert shell.run(*jobs, "delete", job, **env).out == "Deleted the job and its rows.\n"
    assert "There is no such research job" in shell.run(*jobs, "show", job, **env).words
    file.write_text("[]")
    assert "no JSON object" in shell.run(*jobs, "begin", str(file), **env).err
    assert "set STAGEDOOR_SERVICE_URL" in shell.run(*jobs, "list").err


@pytest.mark.long
@pytest.mark.timeout(180)
def test_up_again_goes_on_with_the_accounts_that_were_connected(shell: Shell) -> None:
    with up(shell) as service:
        service.connect()
        before = shell.run("videos", "--limit", "2", "--json", **service.settings()).json
    kept = shell.folder / "stagedoor-data" / "emulator.json"
    assert kept.stat().st_mode & 0o077 == 0
    with up(shell) as service:
        after = shell.run("videos", "--limit", "2", "--json", **service.settings()).json
        assert not any("new world" in line for line in service.lines())
    assert [one["id"] for one in after] == [one["id"] for one in before]
    # a world that is gone is said, and how to go on
    kept.unlink()
    with up(shell) as service:
        assert any("have to be connected again" in line for line in service.lines())


def allow_at_service(link: str) -> None:
    """Allow the app, and follow the browser's way over the service back to the command."""
    httpx2.get(answer(link), follow_redirects=True, timeout=30, trust_env=False)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("portability", "export", "mine.zip"), "unset it for this command"),
        (("ads", "campaigns", "--account", "mara"), "leave out --account"),
        (("accounts", "--use", "maracooks"), "The service has no default account"),
        (("disconnect", "maracooks", "--local"), "--local deletes tokens of this machine"),
        (("connect", "--redirect-uri", "https://x.example/"), "the service has its own"),
    ],
)
def test_what_the_service_does_not_do_is_not_done_with_the_accounts_of_this_machine(
    shell: Shell, connected: Connect, command: tuple[str, ...], words: str
) -> None:
    account = connected()
    env = {"STAGEDOOR_SERVICE_URL": "http://127.0.0.1:9", "STAGEDOOR_TOKEN": TOKEN}
    done = shell.run(*command, **env)
    assert done.code != 0
    assert words in done.words
    assert account.store.path.exists()
    assert shell.run("accounts").code == 0


def test_a_token_is_printed_and_nothing_else(shell: Shell) -> None:
    done = shell.run("token", "--org", "acme", "--role", "viewer")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.out)
    assert done.err == ""
    keys = shell.home / "keys.json"
    assert keys.stat().st_mode & 0o077 == 0
    without = shell.run("token")
    assert without.code == 2
    assert "--org" in without.err


@pytest.mark.timeout(90)
def test_serve_alone_keeps_what_a_worker_then_does(shell: Shell) -> None:
    port = free_port()
    with ExitStack() as stack:
        running = stack.enter_context(shell.started("serve", "--port", str(port), "--no-worker"))
        running.line(r"Stagedoor on http://127\.0\.0\.1:", 40)
        worker = stack.enter_context(shell.started("worker"))
        worker.line(r"worker w[0-9a-f]+ is at work", 40)
        assert httpx2.get(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}
        # nobody said how it is reached from outside: it is reached where it listens
        running.line(rf"reached by +http://127\.0\.0\.1:{port}$")
        told = httpx2.get(f"http://127.0.0.1:{port}/.well-known/oauth-authorization-server")
        assert told.json()["issuer"] == f"http://127.0.0.1:{port}"
    assert Path(shell.folder / "stagedoor-data" / "stagedoor.db").exists()


def test_a_service_that_ends_ends_the_streams_of_its_audit_in_order(shell: Shell) -> None:
    port = free_port()
    token = shell.run("token", "--org", "acme").out.strip()
    headers = {"orgid": "acme", "authorization": f"Bearer {token}"}
    audit = f"http://127.0.0.1:{port}/api/audit?follow=true"
    with ExitStack() as stack:
        running = stack.enter_context(shell.started("serve", "--port", str(port), "--no-worker"))
        running.line(r"Stagedoor on http://127\.0\.0\.1:", 40)
        stream = stack.enter_context(httpx2.stream("GET", audit, headers=headers, timeout=40))
        lines = stream.iter_lines()
        assert next(lines) == ": following"
        running.process.terminate()
        assert all(not line.startswith("event") for line in lines)


def test_a_taken_port_is_said_before_anything_starts(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = shell.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "ddress already in use" in done.words


def test_settings_that_can_not_be_used_are_named(shell: Shell) -> None:
    database = shell.run("serve", STAGEDOOR_DATABASE_URL="mysql://x")
    assert database.code == 1
    assert "STAGEDOOR_DATABASE_URL must begin with postgresql://" in database.words
    lonely = shell.run("videos", STAGEDOOR_SERVICE_URL="http://127.0.0.1:9")
    assert lonely.code == 1
    assert "STAGEDOOR_TOKEN isn't" in lonely.words
    token = shell.run("token", "--org", "acme").out.strip()
    gone = {"STAGEDOOR_SERVICE_URL": "http://127.0.0.1:9", "STAGEDOOR_TOKEN": token}
    unreached = shell.run("videos", **gone)
    assert unreached.code == 1
    assert "isn't reached" in unreached.words
    odd = shell.run("videos", STAGEDOOR_SERVICE_URL="http://127.0.0.1:9", STAGEDOOR_TOKEN="x")
    assert "make one with 'stagedoor token'" in odd.words
