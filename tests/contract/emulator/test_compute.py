"""The Virtual Compute Environment: samples, query tasks, and scripts from submission to release."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stagedoor.emulator import Emulator
from stagedoor.emulator.products.compute import runs
from stagedoor.emulator.products.compute.sdk import FOLDER
from stagedoor.emulator.products.compute.search import like
from stagedoor.emulator.products.compute.sources import SOURCES
from stagedoor.emulator.state import load, save
from stagedoor.emulator.world import World
from stagedoor.platform.products.research.vce import CATEGORIES
from stagedoor.testing import ControlRefused, TikTokEmulator
from stagedoor.testing.compute import ComputeScript

UNAPPROVED = "emulator-unaudited-key"


@pytest.fixture
def emulator(tiktok_emulator: TikTokEmulator) -> TikTokEmulator:
    tiktok_emulator.compute.allow_scripts()
    return tiktok_emulator


def group(field: str, operator: str, *values: str, how: str = "and") -> dict[str, Any]:
    condition = {"field": field, "operator": operator, "field_values": list(values)}
    return {"operator": how, "conditions": [condition]}


def ended(emulator: TikTokEmulator, *codes: str) -> list[ComputeScript]:
    """Submit scripts and wait until they have run."""
    submitted = [emulator.compute.submit(code).id for code in codes]
    emulator.clock.advance()
    return [emulator.compute.get(one) for one in submitted]


MEAN = """
from pyrqs import rqs

rows = rqs.RQSClient().query(category="video", fields="username,like_count", limit=1_000)
with open("means.csv", "w") as out:
    out.write("videos,mean likes\\n")
    out.write(f"{len(rows)},{sum(row['like_count'] for row in rows) / len(rows):.1f}\\n")
print("read", len(rows), "as", rows[0]["username"])
"""


@pytest.mark.parametrize("fixture", ["tiktok_emulator", "tiktok_emulator_server"])
def test_a_script_is_submitted_run_reviewed_and_released(
    request: pytest.FixtureRequest, fixture: str
) -> None:
    emulator: TikTokEmulator = request.getfixturevalue(fixture)
    emulator.compute.allow_scripts()
    emulator.clock.freeze()
    emulator.settings(compute_queue_seconds=60)
    emulator.creators.add("amy.bakes", videos=150)
    emulator.clock.advance(days=2)
    script = emulator.compute.submit(MEAN, name="means.py")
    assert (script.status, script.started) == ("submitted", None)
    emulator.clock.advance(seconds=60)

    script = emulator.compute.get(script.id)
    assert (script.status, script.name, script.findings) == ("in_review", "means.py", [])
    assert script.started == script.submitted + 60
    assert script.records > 150, "all public data, more than the 100 of a test query"
    assert script.log.startswith("read ")
    with pytest.raises(ControlRefused, match="aren't there, it is in_review"):
        emulator.compute.download(script.id)
    seen_by_reviewer = emulator.compute.files(script.id)

    emulator.clock.advance(seconds=5)
    (script,) = emulator.compute.all()
    assert (script.status, script.decided) == ("released", emulator.clock.now())
    assert emulator.compute.download(script.id) == seen_by_reviewer
    assert seen_by_reviewer["means.csv"].startswith(b"videos,mean likes\n%d," % script.records)
    assert emulator.control("GET", "compute")["records_left"] == 5_000, "it costs no sample"


def test_a_person_reviews(emulator: TikTokEmulator) -> None:
    emulator.settings(compute_review="manual")
    good, bad = ended(emulator, "open('a.txt', 'w').write('1')", "open('b', 'w').write('2')")
    emulator.clock.advance(days=30)
    assert emulator.compute.approve(good.id).status == "released"
    assert emulator.compute.download(good.id) == {"a.txt": b"1"}
    assert emulator.compute.reject(bad.id, "Groups are too small").reason == "Groups are too small"
    with pytest.raises(ControlRefused, match="it is rejected"):
        emulator.compute.approve(bad.id)
    with pytest.raises(ControlRefused, match="it is rejected"):
        emulator.compute.download(bad.id)
    with pytest.raises(ControlRefused, match="reason"):
        emulator.compute.reject(good.id, " ")


def test_data_of_single_people_is_not_released(emulator: TikTokEmulator) -> None:
    emulator.creators.add("amy.bakes", "Amy Bakes")
    read = "from pyrqs import rqs\nrows = rqs.RQSClient().query('profile', None, 'username')\n"
    csv, lines, words = ended(
        emulator,
        read + "open('o.csv', 'w').write('n,who\\n1,Amy.Bakes\\n')",
        read.replace("'profile', None, 'username'", "'video_wi', None, 'display_name'")
        + "import json\nopen('o.jsonl', 'w').write(json.dumps([['Ride with Rio']]))",
        read + "open('cloud.txt', 'w').write('bread 12, bakes 4')",
    )
    assert csv.findings == ["o.csv, line 2: 'Amy.Bakes' is of one person or post"]
    assert lines.findings == ["o.jsonl, line 1: 'Ride with Rio' is of one person or post"]
    assert words.findings == []
    emulator.clock.advance(seconds=5)
    rejected = emulator.compute.get(csv.id)
    assert rejected.status == "rejected"
    assert "o.csv, line 2" in rejected.reason
    assert emulator.compute.get(words.id).status == "released"


FAILING = {
    "x = 1\nreturn x": ("SyntaxError: 'return' outside function", 2),
    "1 / 1\nx = 1\n1 / 0": ("ZeroDivisionError: division by zero", 3),
    "import os\nos.fork()": ("PermissionError: a script can't start or signal processes", 2),
    "import subprocess as s\ns.run(['true'])": ("can't start or signal processes", 2),
    "import socket\nsocket.create_connection(('127.0.0.1', 9))": ("a script has no network", 2),
    "open('../../out', 'w')": ("writes in its own folder alone, not to '../../out'", 1),
    "open('o', 'wb').write(bytes(30_000))": ("It wrote more than 20,000 bytes into a file.", 1),
    "for n in '12': open(n, 'wb').write(bytes(15_000))": ("It left more than 20,000 bytes", None),
    "x = [bytes(1 << 20) for _ in range(300)]": ("It needed more than 256 MiB of memory.", None),
    "print('nothing')": ("It left no file in its folder", None),
    "import sys\nsys.exit('no rows')": ("It exited with no rows", 2),
    "import os\nos._exit(3)": ("Its process ended with code 3 before the script did", None),
    "from pyrqs import rqs\nrqs.RQSClient().query('profile', None, 'email')": (
        "pyrqs.rqs.RQSError: fields has 'email'; there are username, bio_description",
        2,
    ),
    "from pyrqs import rqs\nrqs.RQSClient().query('video', None, 'id', 100_001)": (
        "limit must be from 1 to 100,000 in the execution stage",
        2,
    ),
}


def test_a_script_that_breaks_or_goes_too_far_fails_with_the_reason(
    emulator: TikTokEmulator,
) -> None:
    emulator.settings(script_output_bytes=20_000, script_memory_mb=256)
    found = ended(emulator, *FAILING)
    for script, (reason, line) in zip(found, FAILING.values(), strict=True):
        assert script.status == "failed", script
        assert reason in script.reason, script
        assert script.line == line, script
        with pytest.raises(ControlRefused, match="it is failed"):
            emulator.compute.files(script.id)


def test_a_script_that_does_not_end_is_ended(emulator: TikTokEmulator) -> None:
    emulator.settings(script_seconds=0.3)
    (slept,) = ended(emulator, "import time\ntime.sleep(60)")
    assert slept.reason == "It ran for longer than 0.3 s."


LIMITS = """
import json, resource as r
names = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NOFILE")
open("o", "w").write(json.dumps([r.getrlimit(getattr(r, name))[0] for name in names]))
"""


def test_the_kernel_holds_the_limits(emulator: TikTokEmulator) -> None:
    emulator.settings(script_cpu_seconds=7, script_memory_mb=300, script_output_bytes=1_000)
    over = "import signal\nsignal.raise_signal(signal.SIGXCPU)"  # what the kernel sends
    limited, worked = ended(emulator, LIMITS, over)
    memory, cpu, *others = json.loads(emulator.compute.files(limited.id)["o"])
    assert (memory, others) == (300 << 20, [1_000, 0, 256])
    assert 7 <= cpu <= 9
    assert worked.reason == "It used more than 7 s of processor time."


def test_a_script_sees_no_environment_and_leaves_no_folder(emulator: TikTokEmulator) -> None:
    (script,) = ended(
        emulator,
        "import os, json\nopen('o', 'w').write(json.dumps([dict(os.environ), os.getcwd()]))",
    )
    environment, folder = json.loads(emulator.compute.files(script.id)["o"])
    assert environment.keys() == {"HOME", "TMPDIR"}
    assert not Path(folder).exists()


def test_a_reset_ends_what_runs(emulator: TikTokEmulator, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    emulator.compute.submit(f"open({str(pipe)!r}).read()")
    with pipe.open("w") as out:  # opens when the script reads
        emulator.reset()
        assert emulator.compute.all() == []
        with pytest.raises(ControlRefused, match="--allow-scripts"):
            emulator.compute.submit("1")
        closed = select.poll()
        closed.register(out, select.POLLERR)
        assert closed.poll(30_000), "the script still reads"


EMULATOR = """
import sys
from stagedoor.emulator.products.compute.process import ProcessLimits, ScriptProcess
limits = ProcessLimits(60, 60, 1 << 30, 9)
ScriptProcess("s.py", sys.argv[1], limits, lambda message: iter(())).run()
"""


def test_a_script_ends_with_a_killed_emulator(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    code = f"import time\npipe = open({str(pipe)!r})\ntime.sleep(60)"
    command = [sys.executable, "-c", EMULATOR, code]
    # the pipe opens when the script reads
    with subprocess.Popen(command, env=environment) as process, pipe.open("w") as out:
        process.kill()
        closed = select.poll()
        closed.register(out, select.POLLERR)
        assert closed.poll(30_000), "the script still runs"


def test_two_run_at_once_and_only_so_many_wait(
    emulator: TikTokEmulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runs, "MOST_WAITING", 1)
    end = tmp_path / "end"
    slow = f"import os, time\nwhile not os.path.exists({str(end)!r}): time.sleep(0.01)"
    submitted = [emulator.compute.submit(slow) for _ in range(3)]
    assert [one.status for one in submitted] == ["running", "running", "submitted"]
    with pytest.raises(ControlRefused, match="1 scripts wait already"):
        emulator.compute.submit(slow)
    end.touch()
    emulator.clock.advance()
    assert [one.reason[:19] for one in emulator.compute.all()] == ["It left no file in "] * 3


def test_bad_code_is_refused_with_its_line(emulator: TikTokEmulator) -> None:
    for code, said in (
        ("x = 1\ny = (", r"code line 2: '\(' was never closed"),
        (b"x = 1\n# caf\xe9\n", "line 2 isn't UTF-8"),
        ("#" * (runs.MAX_CODE + 1), "is 262,145 bytes long; 262,144 are possible"),
        ("(" * 100_000, "code (line 1: too many|can't be parsed)"),
        ("x = '\0'", "NUL|null"),
    ):
        with pytest.raises(ControlRefused, match=said):
            emulator.compute.submit(code)
    with pytest.raises(ControlRefused, match="name"):
        emulator.compute.submit("1", name="../x.py")
    assert emulator.compute.all() == []


WHOLE = """
import re
from dataclasses import dataclass, fields

@dataclass
class Count:
    number: "int" = len(re.findall("\\d", "a1"))

if __name__ == "__main__":
    open("o", "w").write(f"{fields(Count)[0].name} {Count().number}")
"""


PARALLEL = """
from concurrent.futures import ThreadPoolExecutor
from pyrqs import rqs

def count(limit):
    return len(rqs.RQSClient().query("profile", None, "username", limit))

with ThreadPoolExecutor(4) as pool:
    counts = list(pool.map(count, range(1, 13)))
unread = rqs.connected({"do": "query", "query": {"category": "video", "fields": "id"}})
next(unread)
del unread
open("o", "w").write(f"{counts} {count(2)}")
"""


def test_threads_of_a_script_ask_side_by_side(emulator: TikTokEmulator) -> None:
    (script,) = ended(emulator, PARALLEL)
    said = emulator.compute.files(script.id)["o"].decode()
    assert said == f"{list(range(1, 13))} 2"


def test_a_script_is_a_main_module_as_elsewhere(emulator: TikTokEmulator) -> None:
    """Its invalid escape is Python's warning, though warnings are errors in this process."""
    (script,) = ended(emulator, WHOLE)
    assert emulator.compute.files(script.id) == {"o": b"number 1"}, script


def test_everything_is_off_unless_it_is_allowed(tiktok_emulator: TikTokEmulator) -> None:
    compute = tiktok_emulator.compute
    for call in (
        lambda: compute.query("video"),
        lambda: compute.create_query_task("video"),
        lambda: compute.submit("1"),
    ):
        with pytest.raises(ControlRefused, match="stagedoor emulator --allow-scripts"):
            call()
    assert tiktok_emulator.control("GET", "compute")["allow_scripts"] is False
    compute.allow_scripts()
    with pytest.raises(ControlRefused, match="isn't approved for the Research Tools"):
        compute.query("video", client_key=UNAPPROVED)


def test_the_test_stage_gives_random_samples_up_to_the_days_records(
    emulator: TikTokEmulator,
) -> None:
    emulator.creators.add("amy.bakes", videos=40, region="DE")
    emulator.clock.freeze()
    emulator.clock.advance(days=2)
    emulator.settings(compute_test_records=25)
    of_amy = [group("username", "eq", "amy.bakes")]
    first = emulator.compute.query("video", of_amy, "id, region_code", 10)
    second = emulator.compute.query("video", of_amy, "id,region_code", 10)
    assert [len(first), len(second)] == [10, 10]
    assert first != second
    assert {row["region_code"] for row in first} == {"DE"}
    assert emulator.compute.records_left() == 5
    assert len(emulator.compute.query("video", of_amy, "id", 10)) == 5
    with pytest.raises(ControlRefused, match=r"25 records a day.*until 00:00 UTC"):
        emulator.compute.query("video", of_amy, "id", 10)
    emulator.clock.advance(days=1)
    assert emulator.compute.records_left() == 25


def test_only_people_with_followers_are_in_the_test_stage_as_in_2025(
    emulator: TikTokEmulator,
) -> None:
    emulator.creators.add("small.one", followers=24_999)
    emulator.creators.add("large.one", followers=25_000)
    emulator.settings(compute_test_followers=25_000)
    named = [group("username", "in", "small.one", "large.one")]
    found = emulator.compute.query("profile", named, "username,follower_count")
    assert found == [{"username": "large.one", "follower_count": 25_000}]


def test_conditions_are_combined_as_written(emulator: TikTokEmulator) -> None:
    emulator.settings(research_delay_seconds=0)
    emulator.creators.add("amy.bakes")
    posts = [("Rye #bread", 10), ("Oat #cake", 200), ("Sour #bread #cake", 3_000)]
    for age, (title, views) in enumerate(posts, 60):
        post = {"creator": "amy.bakes", "title": title, "views": views, "age": age}
        emulator.control("POST", "videos", post)

    def titles(*groups: dict[str, Any]) -> set[str]:
        wanted = [group("username", "EQ", "amy.bakes"), *groups]
        rows = emulator.compute.query("video", wanted, "video_description")
        return {row["video_description"].split()[0] for row in rows}

    assert titles() == {"Rye", "Oat", "Sour"}
    assert titles(group("view_count", "gte", "200")) == {"Oat", "Sour"}
    assert titles(group("hashtag_names", "CONTAINS", "cake")) == {"Oat", "Sour"}
    assert titles(group("hashtag_name", "eq", "bread", how="not")) == {"Oat"}
    assert titles(group("video_description", "like", "%#BREAD")) == {"Rye"}
    either = group("view_count", "lt", "100", how="or")
    either["conditions"] += group("view_count", "gt", "1000")["conditions"]
    assert titles(either) == {"Rye", "Sour"}
    assert titles(group("stem_verified", "eq", "true")) == set()


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("rye", "all rye bread", True),
        ("rye%", "all rye bread", False),
        ("all%rye%", "all rye bread", True),
        ("%e%e%", "rye", False),
        ("ab%ba", "aba", False),
        ("%" * 50, "anything", True),
    ],
)
def test_like_takes_percent_signs(pattern: str, text: str, fits: bool) -> None:
    assert like(pattern, text) is fits


def test_a_wrong_query_names_the_place(emulator: TikTokEmulator) -> None:
    for values, said in (
        ({"category": "videos"}, "category must be one of video, video_wi"),
        ({"fields": "id,email"}, "fields has 'email'; there are username, region_code"),
        ({"limit": 5_001}, "limit must be from 1 to 5,000 in the test stage"),
        ({"limit": 0}, "limit must be from 1"),
        ({"condition_groups": [group("like_count", "like", "1")]}, "operator must be one of EQ"),
        ({"condition_groups": [group("like_count", "gt", "many")]}, "field_values.0 is no number"),
        ({"condition_groups": [group("id", "eq", "1", "2")]}, "must hold one value"),
        ({"condition_groups": [group("e", "eq", "1")]}, "condition_groups.0.conditions.0.field"),
        ({"condition_groups": [{"operator": "and"}]}, "condition_groups.0.conditions"),
        ({"start_date": "2026-01-01"}, "start_date is no day written YYYYMMDD"),
        ({"category": "pinned_videos"}, "must have a condition on username"),
    ):
        with pytest.raises(ControlRefused, match=said):
            emulator.compute.query(**({"category": "video"} | values))


def test_a_query_task_moves_with_the_clock(emulator: TikTokEmulator) -> None:
    emulator.clock.freeze()
    emulator.settings(compute_task_seconds=30)
    compute = emulator.compute
    good = compute.create_query_task("video", None, "id", 5)
    wrong = compute.create_query_task("video", None, "email")
    unwanted = compute.create_query_task("video", None, "id")
    assert compute.check_query_task_status(good) == "Created"
    emulator.clock.advance(seconds=10)
    assert compute.check_query_task_status(wrong) == "Validating"
    assert compute.cancel_query_task(unwanted) is True
    with pytest.raises(ControlRefused, match="no result, it is Validating"):
        compute.get_query_task_result(good)
    emulator.clock.advance(seconds=10)
    assert compute.check_query_task_status(good) == "Processing"
    assert compute.check_query_task_status(wrong) == "AnalysisFailed"
    emulator.clock.advance(seconds=10)
    assert compute.check_query_task_status(good) == "Completed"
    assert compute.check_query_task_status(unwanted) == "Cancelled"
    assert compute.cancel_query_task(good) is False
    rows = compute.get_query_task_result(good)
    assert len(rows) == 5
    assert compute.get_query_task_result(good) == rows, "the same sample, counted once"
    assert compute.records_left() == 4_995
    with pytest.raises(ControlRefused, match="AnalysisFailed: fields has 'email'"):
        compute.get_query_task_result(wrong)
    with pytest.raises(ControlRefused, match="no query task '1'"):
        compute.check_query_task_status(1)


def test_each_category_gives_each_of_its_fields(emulator: TikTokEmulator) -> None:
    assert SOURCES.keys() == CATEGORIES.keys()
    emulator.creators.add("amy.bakes", videos=1)
    emulator.creators.add("ben.eats")
    emulator.clock.advance(days=2)
    (video,) = emulator.compute.query("video", [group("username", "eq", "amy.bakes")], "id")
    number = str(video["id"])
    control = emulator.control
    control("PATCH", "people/ben.eats", {"likes_public": True})
    control("PUT", "people/amy.bakes/pins", {"video_ids": [number]})
    control("POST", f"videos/{number}/likes", {"person": "ben.eats"})
    control("POST", f"videos/{number}/reposts", {"person": "ben.eats"})
    control("POST", "follows", {"follower": "ben.eats", "followed": "amy.bakes"})
    listed = {"creator": "amy.bakes", "name": "Best", "video_ids": [number]}
    playlist = control("POST", "playlists", listed)["id"]
    conditions = {
        "liked_videos": group("username", "eq", "ben.eats"),
        "reposted_videos": group("username", "eq", "ben.eats"),
        "pinned_videos": group("username", "eq", "amy.bakes"),
        "followers_list": group("username", "eq", "amy.bakes"),
        "following_list": group("username", "eq", "ben.eats"),
        "playlists": group("playlist_id", "eq", playlist),
    }
    for name, category in CATEGORIES.items():
        groups = [conditions[name]] if name in conditions else None
        rows = emulator.compute.query(name, groups, ",".join(category.fields), 3)
        assert rows, name
        for row in rows:
            assert tuple(row) == category.fields
        for field, operators in category.filters.items():  # each can be compared
            value = "1" if name not in conditions else conditions[name]["conditions"][0]
            if isinstance(value, str):
                tried = group(field, sorted(operators)[0], value)
                emulator.compute.query(name, [tried], category.fields[0], 1)


def test_what_is_not_public_is_in_no_stage(emulator: TikTokEmulator) -> None:
    emulator.creators.add("secret.one", private=True, videos=2)
    emulator.creators.add("too.young", videos=2)
    emulator.control("PATCH", "people/too.young", {"minor": True})
    emulator.creators.add("from.canada", videos=2, region="CA")
    emulator.clock.advance(days=2)
    named = [group("username", "in", "secret.one", "too.young", "from.canada")]
    assert emulator.compute.query("video", named, "id") == []
    assert emulator.compute.query("profile", named, "username") == []
    code = "from pyrqs import rqs\nrows = rqs.RQSClient().query('profile', NAMED, 'username')\n"
    (script,) = ended(
        emulator, code.replace("NAMED", repr(named)) + "open('o', 'w').write(str(len(rows)))"
    )
    assert emulator.compute.files(script.id) == {"o": b"0"}


NOTEBOOK = """
import json
from pyrqs import rqs

client = rqs.RQSClient()
task = client.create_query_task(category="video", fields="id", limit=2)
states = [client.check_query_task_status(task)]
while states[-1] != "Completed" and len(states) < 9:
    states.append(client.check_query_task_status(task))
rows = client.get_query_task_result(task) + client.query("video", [], "id", 3)
cancelled = client.cancel_query_task(task)
try:
    client.query("video", [], "email")
except rqs.RQSError as error:
    said = str(error)
open(OUT, "w").write(json.dumps([states, len(rows), cancelled, said]))
"""


def test_a_notebook_asks_as_a_script_does(tiktok_emulator_server: TikTokEmulator) -> None:
    emulator = tiktok_emulator_server
    emulator.compute.allow_scripts()
    emulator.settings(compute_task_seconds=0)
    (script,) = ended(emulator, NOTEBOOK.replace("OUT", "'o.json'"))
    in_script = json.loads(emulator.compute.files(script.id)["o.json"])
    assert in_script[0] == ["Created", "Validating", "Processing", "Completed"]
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK.replace("OUT", "'/dev/stdout'")],
        env={"PYTHONPATH": str(FOLDER), "STAGEDOOR_TIKTOK_URL": emulator.url},
        capture_output=True,
        text=True,
        check=True,
    )
    in_notebook = json.loads(done.stdout)
    assert in_notebook[0] == ["Completed"], "by the clock"
    assert in_notebook[1:] == in_script[1:] == [5, False, in_script[3]]
    assert emulator.compute.records_left() == 4_995


def test_scripts_survive_a_restart(emulator: TikTokEmulator, tmp_path: Path) -> None:
    emulator.settings(compute_review="manual")
    (reviewed,) = ended(emulator, "open('o', 'wb').write(bytes([0, 255]))")
    emulator.settings(compute_queue_seconds=60)
    waiting = emulator.compute.submit("1")
    file = tmp_path / "world.json"
    save(emulator.world, file)
    again = Emulator()
    try:
        load(again.world, file)
        again.adopt()
        _restarted(again.world, reviewed.id, waiting.id)
    finally:
        again.close()


def _restarted(world: World, reviewed: str, waiting: str) -> None:
    kept = world.all.scripts
    assert runs.files(kept[reviewed]) == {"o": b"\x00\xff"}
    assert kept[waiting].status == "submitted"
    assert [one.kind for one in world.clock.pending() if one.ref == waiting] == [runs.BEGIN]
