"""Archives read as records: both formats, every known layout, and forged archives."""

from __future__ import annotations

import io
import json
import stat
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ijson  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor import ArchiveLimits, UnknownKeys, read_archive, records
from stagedoor.client.archive.text import BLOCK
from stagedoor.client.errors import (
    ArchiveBroken,
    ArchiveError,
    ArchiveLocked,
    ArchiveMalformed,
    ArchiveUnreadable,
    ArchiveUnsafe,
)
from stagedoor.platform.products.portability.archive import JSON_NAME, OLD_JSON_NAME, SECTIONS

WHEN = "2026-05-01 10:00:00"
MOMENT = datetime(2026, 5, 1, 10, tzinfo=UTC)
LIKE = {"date": WHEN, "link": "https://www.tiktokv.com/share/video/7100000000000000001/"}


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        for name, content in files:
            made.writestr(name, content)
    return held


def of_json(value: Any, name: str = JSON_NAME) -> io.BytesIO:
    return packed((name, json.dumps(value).encode()))


def at(path: tuple[str, ...], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


NEWEST: dict[str, Any] = {
    "Profile": {"Profile Info": {"ProfileMap": {"userName": "maracooks", "likesReceived": "7"}}},
    "Post": {"Posts": {"VideoList": [{"Date": WHEN, "Likes": "12", "AllowDuets": "No"}]}},
    "Your Activity": {
        "Follower": {"FansList": [{"Date": WHEN, "UserName": "ridewithrio"}]},
        "Following": {"Following": [{"Date": WHEN, "UserName": "lu_starts_today"}]},
        "Watch History": {"VideoList": [{"Date": WHEN, "Link": "https://a"}]},
        "Searches": {"SearchList": [{"Date": WHEN, "SearchTerm": "glaze"}]},
        "Login History": {"LoginHistoryList": [{"Date": f"{WHEN} UTC", "IP": "192.0.2.1"}]},
    },
    "Likes and Favorites": {
        "Like List": {"ItemFavoriteList": [LIKE]},
        "Favorite Videos": {"FavoriteVideoList": [{"Date": WHEN, "Link": "https://b"}]},
    },
    "Comment": {"Comments": {"CommentsList": [{"date": WHEN, "comment": "So good 🍞"}]}},
    "Direct Message": {
        "Direct Messages": {
            "ChatHistory": {
                "Chat History with jonas.behind.doors:": [
                    {"Date": WHEN, "From": "maracooks", "Content": "Sunday?"}
                ]
            }
        }
    },
}


def test_every_declared_section_is_found_and_typed() -> None:
    with read_archive(of_json(NEWEST)) as archive:
        assert archive.counts() == {section.name: 1 for section in SECTIONS}
        found = {type(record): record for record in archive.records()}
    assert set(found) == {section.record for section in SECTIONS}
    post = found[records.Post]
    assert isinstance(post, records.Post)
    assert (post.date, post.likes, post.allow_duets) == (
        MOMENT,
        12,
        False,
    )
    message = found[records.Message]
    assert isinstance(message, records.Message)
    assert (message.chat, message.sender) == ("jonas.behind.doors", "maracooks")
    sign_in = found[records.SignIn]
    assert isinstance(sign_in, records.SignIn)
    assert sign_in.date == MOMENT


@pytest.mark.parametrize(
    ("path", "entry", "kind"),
    [
        (("Video", "Videos", "VideoList"), {"date": WHEN}, records.Post),
        (("Activity", "Follower List", "FansList"), {"Date": WHEN}, records.Follower),
        (("Activity", "Following List", "Following"), {"Date": WHEN}, records.Following),
        (("Activity", "Like List", "ItemFavoriteList"), {"Date": WHEN}, records.Like),
        (("Activity", "Favorite Videos", "FavoriteVideoList"), {"Date": WHEN}, records.Favorite),
        (("Activity", "Video Browsing History", "VideoList"), {"Date": WHEN}, records.Watch),
        (("Activity", "Search History", "SearchList"), {"Date": WHEN}, records.Search),
        (("ACTIVITY", "like list", "itemFavoriteList"), {"Date": WHEN}, records.Like),
        (("Comment", "Comments", "CommentsList"), {"Date": WHEN}, records.Comment),
        (
            ("Direct Messages", "Chat History", "ChatHistory", "Chat History With lu:"),
            {"Date": WHEN},
            records.Message,
        ),
    ],
)
def test_older_names_and_other_casings_are_the_same_sections(
    path: tuple[str, ...], entry: dict[str, str], kind: type[records.Record]
) -> None:
    with read_archive(of_json(at(path, [entry]), OLD_JSON_NAME)) as archive:
        (record,) = archive.records(kind)
        assert record.model_dump()["date"] == MOMENT
        assert list(archive.records()) == [record]


def test_an_older_profile_is_a_profile() -> None:
    path = ("Profile", "Profile Information", "ProfileMap")
    with read_archive(of_json(at(path, {"userName": "lu", "newKey": {"a": [1]}}))) as archive:
        (profile,) = archive.records(records.Profile)
    assert profile.user_name == "lu"
    assert profile.model_extra == {"newKey": {"a": [1]}}


VARIANTS: list[tuple[tuple[str, ...], dict[str, str], type[records.Record], str]] = [
    (("Post", "Posts", "VideoList"), {"VideoLink": "https://a"}, records.Post, "link"),
    (("Activity", "Watch History", "Video List"), {"Video Link": "a"}, records.Watch, "link"),
    (("Activity", "Browsing History", "VideoList"), {"LINK": "https://a"}, records.Watch, "link"),
    (("Comment", "CommentsList"), {"comment": "So good"}, records.Comment, "comment"),
    (("Comment", "Comments"), {"Comment": "So good"}, records.Comment, "comment"),
    (("Activity", "Searches", "SearchList"), {"Search Term": "a"}, records.Search, "search_term"),
    (("Activity", "Follower", "FansList"), {"User Name": "rio"}, records.Follower, "user_name"),
]


@pytest.mark.parametrize(("path", "entry", "kind", "field"), VARIANTS)
def test_known_variants_of_places_and_keys_are_typed(
    path: tuple[str, ...], entry: dict[str, str], kind: type[records.Record], field: str
) -> None:
    for many in (1, 2_000):
        with read_archive(of_json(at(path, [entry] * many))) as archive:
            found = list(archive.records(kind))
            assert len(archive.counts()) == 1
        assert len(found) == many
        assert {getattr(record, field) for record in found} == set(entry.values())


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("Your Activity/Browsing History.txt", "watched"),
        ("Posts/Post.txt", "posts"),
        ("Post/Posts.txt", "posts"),
        ("Comment/Comments.txt", "comments"),
    ],
)
def test_known_names_of_text_files_are_their_sections(name: str, section: str) -> None:
    text = f"Date: {WHEN}\nVideo Link: https://a\nUser Name: rio\n\nDate: {WHEN}\n".encode()
    with read_archive(packed((name, text))) as archive:
        assert archive.counts() == {section: 2}
        first, second = archive.section(section)
    assert first.model_dump()["date"] == second.model_dump()["date"]


def test_null_in_place_of_a_list_is_an_empty_section() -> None:
    whole = {"Post": {"Posts": {"VideoList": None}}, "Your Activity": {"Thing": {"List": None}}}
    with read_archive(of_json(whole)) as archive:
        assert archive.counts() == {"posts": 0}
        assert list(archive.records()) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "You have no data in this section.",
        "Je hebt geen gegevens in dit gedeelte.",
        "此部分没有数据",
        "No tienes datos en esta sección",
    ],
)
def test_a_sentence_that_there_is_nothing_is_no_record(sentence: str) -> None:
    files = [("Post/Posts.txt", sentence), ("Your Activity/Thing.txt", f"\n{sentence}\n\n")]
    with read_archive(packed(*((name, text.encode()) for name, text in files))) as archive:
        assert list(archive.records()) == []
        assert set(archive.counts().values()) == {0}


def test_text_that_is_more_than_a_sentence_is_kept() -> None:
    with read_archive(packed(("Your Activity/Thing.txt", b"First.\n\nSecond.\n"))) as archive:
        assert len(list(archive.records())) == 2


def test_keys_of_another_language_are_said_loudly_and_kept() -> None:
    text = f"Datum: {WHEN}\nKoppeling: https://a\nBeschränkung: nee\n".encode()
    with (
        read_archive(packed(("Post/Posts.txt", text))) as archive,
        pytest.warns(UnknownKeys, match="posts.*Datum, Koppeling, Beschränkung"),
    ):
        (post,) = archive.records(records.Post)
    assert post.model_extra == {"Datum": WHEN, "Koppeling": "https://a", "Beschränkung": "nee"}


def test_a_survey_counts_what_can_not_be_typed() -> None:
    whole = {
        "Post": {"Posts": {"VideoList": [{"Datum": WHEN}, {"date": WHEN}, {"Fecha": WHEN}, {}]}},
        "Profil": {"Angaben": [{"Name": "rio"}]},
        "Your Activity": {"Watch History": {"VideoList": [{"Date": WHEN}, {"Date": WHEN}]}},
    }
    with read_archive(of_json(whole)) as archive:
        assert archive.survey() == {
            "posts": (4, 2),
            "Profil > Angaben": (1, 1),
            "watched": (2, 0),
        }
        assert archive.counts() == {"posts": 4, "Profil > Angaben": 1, "watched": 2}


def test_one_section_for_each_live_is_one_section() -> None:
    lives = {str(7_100_000_000 + n): {"Link": f"https://{n}"} for n in range(3)}
    whole = {"Tiktok Live": {"Watch Live History": {"WatchLiveMap": lives}}}
    with read_archive(of_json(whole)) as archive:
        (name,) = archive.counts()
        assert name == "Tiktok Live > Watch Live History > WatchLiveMap > (id)"
        links = [(record.model_extra or {})["Link"] for record in archive.section(name)]
    assert links == ["https://0", "https://1", "https://2"]


def test_two_copies_in_one_file_are_named_and_not_called_broken(tmp_path: Path) -> None:
    path = tmp_path / JSON_NAME
    path.write_text(json.dumps(NEWEST) * 2)
    with (
        read_archive(path) as archive,
        pytest.raises(ArchiveMalformed, match="two JSON documents") as error,
    ):
        list(archive.records())
    assert f"character {len(json.dumps(NEWEST)):,}" in str(error.value)
    assert "ownload" not in str(error.value)


def test_several_archives_in_one_place_are_named_and_none_is_chosen(tmp_path: Path) -> None:
    content = json.dumps({}).encode()
    several = packed((f"may/{JSON_NAME}", content), (f"june/{JSON_NAME}", content))
    refused(ArchiveUnreadable, rf"2 JSON files \(may/{JSON_NAME}, june/{JSON_NAME}\)", several)
    refused(ArchiveUnreadable, "2 JSON files", packed(("a.json", content), ("b.json", content)))
    for month in ("may", "june"):
        (tmp_path / month).mkdir()
        (tmp_path / month / JSON_NAME).write_bytes(content)
    with pytest.raises(ArchiveUnreadable, match="read them one at a time"):
        read_archive(tmp_path)


def test_files_that_a_mac_adds_to_a_zip_are_no_sections() -> None:
    hidden = b"\0\x05\x16\x07"
    post = f"Date: {WHEN}\nLink: x\n\n".encode()
    repacked = packed(("Post/Posts.txt", post), ("__MACOSX/Post/._Posts.txt", hidden))
    assert list(read_archive(repacked).survey()) == ["posts"]
    value = json.dumps({"Your Activity": {"Like List": {"ItemFavoriteList": [LIKE]}}}).encode()
    repacked = packed(("data.json", value), ("__MACOSX/._data.json", hidden))
    assert list(read_archive(repacked).survey()) == ["likes"]


def test_an_unpacked_folder_is_read_like_its_zip(tmp_path: Path) -> None:
    (tmp_path / "json").mkdir()
    (tmp_path / "json" / JSON_NAME).write_text(json.dumps(NEWEST))
    with read_archive(of_json(NEWEST)) as packed_one, read_archive(tmp_path / "json") as unpacked:
        assert list(unpacked.records()) == list(packed_one.records())
        assert unpacked.format == packed_one.format
    texts = tmp_path / "text"
    (texts / "Post").mkdir(parents=True)
    (texts / "Post" / "Posts.txt").write_text(f"Date: {WHEN}\nLikes: 12\n")
    (texts / "elsewhere.txt").symlink_to(tmp_path / "json" / JSON_NAME)
    with read_archive(texts) as archive:
        assert archive.counts() == {"posts": 1}
    with read_archive(texts / "Post" / "Posts.txt") as archive:
        (post,) = archive.records(records.Post)
        assert post.likes == 12
    (tmp_path / "none").mkdir()
    with pytest.raises(ArchiveUnreadable, match="neither"):
        read_archive(tmp_path / "none")
    with pytest.raises(ArchiveUnsafe, match="files"):
        read_archive(texts, limits=ArchiveLimits(max_bytes=3))


def test_unknown_sections_come_as_records_that_keep_everything() -> None:
    unknown = {
        "App Settings": {
            "Settings": {"SettingsMap": {"Private Account": "On", "Deep": {"x": [1]}}}
        },
        "Ads and data": {"Ad Interests": ["cats", 5, None, [1, 2]]},
        "Empty": {"List": [], "Object": {}},
    }
    with read_archive(of_json(unknown)) as archive:
        assert archive.counts() == {
            "App Settings > Settings > SettingsMap > Deep > x": 1,
            "App Settings > Settings > SettingsMap": 1,
            "Ads and data > Ad Interests": 4,
            "Empty > List": 0,
        }
        (settings,) = archive.section("App Settings > Settings > SettingsMap")
        assert settings.model_extra == {"Private Account": "On"}
        values = [record.model_extra for record in archive.section("Ads and data > Ad Interests")]
    assert values == [{"value": value} for value in ("cats", 5, None, [1, 2])]


def test_a_value_in_another_form_is_kept_and_its_neighbours_stay_typed() -> None:
    posts = [
        {"Date": "yesterday", "Likes": "many", "Title": "a"},
        {"Date": WHEN, "Likes": 3, "Title": {"odd": 1}, "Mood": "new"},
        {"Date": None, "Likes": 9007199254740993123, "Title": "c"},
    ]
    with read_archive(of_json(at(("Post", "Posts", "VideoList"), posts))) as archive:
        first, second, third = archive.records(records.Post)
    assert (first.date, first.likes) == ("yesterday", "many")
    assert (second.date, second.likes, second.title) == (
        MOMENT,
        3,
        None,
    )
    assert second.model_extra == {"Title": {"odd": 1}, "Mood": "new"}
    assert (third.date, third.likes) == (None, 9007199254740993123)


def test_the_text_format_gives_the_same_records() -> None:
    archive = read_archive(
        packed(
            ("TikTok/Post/Posts.txt", b"Date: 2026-05-01 10:00:00 UTC\r\nLikes: 12\r\n\r\n"),
            (
                "TikTok/Comment/Comments.txt",
                b"date: 2026-05-01 10:00:00\ncomment: one\nand: two\n\n\ndate: x\n",
            ),
            ("TikTok/Direct Message/Chat History with lu.txt", b"From: lu\nContent: a: b\nc"),
            ("TikTok/Wallet/Coins.txt", b"no key here\n\nBalance: 3"),
            ("TikTok/Empty.txt", b""),
        )
    )
    assert archive.format == "text"
    assert archive.counts() == {
        "comments": 2,
        "messages": 1,
        "TikTok > Empty": 0,
        "posts": 1,
        "TikTok > Wallet > Coins": 2,
    }
    (post,) = archive.records(records.Post)
    assert (post.date, post.likes) == (MOMENT, 12)
    (message,) = archive.records(records.Message)
    assert (message.chat, message.content) == ("lu", "a: b\nc")
    coins = [record.model_extra for record in archive.section("TikTok > Wallet > Coins")]
    assert coins == [{"text": "no key here"}, {"Balance": "3"}]


def test_the_json_file_alone_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / JSON_NAME
    file.write_text(json.dumps(NEWEST, indent=2), encoding="utf-8-sig")
    with read_archive(file) as archive:
        assert archive.counts()["posts"] == 1
        assert archive.counts()["posts"] == 1, "a second walk begins anew"


_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(['"},{"', "},", "}],", "\\", '"', "]}"])
)
_keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda key: "." not in key
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40)
@given(entries=st.lists(st.dictionaries(_keys, _values, max_size=5), min_size=1, max_size=40))
def test_any_list_of_objects_is_read_as_another_decoder_reads_it(
    entries: list[dict[str, Any]],
) -> None:
    text = json.dumps({"Other": {"List": entries}}).encode()
    expected = list(ijson.items(io.BytesIO(text), "Other.List.item", use_float=True))
    with read_archive(io.BytesIO(text)) as archive:
        read = [record.model_extra for record in archive.section("Other > List")]
    assert read == expected == entries


def many(count: int) -> list[dict[str, str]]:
    return [
        {"Date": WHEN, "Link": f"https://a/{number}", "Note": '"},{" ]}' * (number % 7)}
        for number in range(count)
    ]


def test_long_lists_are_read_whole_and_in_order_across_every_window() -> None:
    entries = many(30_000)
    text = json.dumps(at(("Your Activity", "Watch History", "VideoList"), entries))
    with read_archive(packed((JSON_NAME, text.encode()))) as archive:
        links = [watch.link for watch in archive.records(records.Watch)]
    assert links == [entry["Link"] for entry in entries]


def test_a_large_archive_is_read_in_a_small_part_of_its_size(tmp_path: Path) -> None:
    file = tmp_path / "large.zip"
    row = json.dumps(LIKE)
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made,
        made.open(JSON_NAME, "w") as member,
    ):
        member.write(b'{"Activity":{"Like List":{"ItemFavoriteList":[')
        for place in range(200):
            member.write(("," if place else "").encode() + ",".join([row] * 1_000).encode())
        member.write(b"]}}}")
    tracemalloc.start()
    try:
        with read_archive(file) as archive:
            count = sum(1 for _ in archive.records())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 200_000
    assert peak < 5_000_000 < file.stat().st_size


# Damage


def everything(source: Any, **limits: Any) -> None:
    with read_archive(source, limits=ArchiveLimits(**limits)) as archive:
        for _ in archive.records():
            pass


def refused(kind: type[ArchiveError], words: str, source: Any, **limits: Any) -> None:
    with pytest.raises(kind, match=words) as caught:
        everything(source, **limits)
    assert str(caught.value).endswith(".") or "nothing of it is read" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    refused(ArchiveUnreadable, "can't read .*none.zip: No such file", tmp_path / "none.zip")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"<html>", "neither a zip nor"), (b"[1]", "neither a zip nor")],
)
def test_what_is_no_archive_at_all(content: bytes, words: str) -> None:
    refused(ArchiveUnreadable, words, io.BytesIO(content))


def test_a_zip_of_something_else() -> None:
    refused(ArchiveUnreadable, f"holds neither {JSON_NAME}", packed(("cat.jpg", b"\xff\xd8")))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_an_incomplete_zip(share: float) -> None:
    whole = of_json(NEWEST).getvalue()
    refused(ArchiveBroken, "damaged or incomplete", io.BytesIO(whole[: int(len(whole) * share)]))


def test_a_zip_with_one_bad_byte_in_its_data() -> None:
    held = of_json(at(("Post", "Posts", "VideoList"), many(2_000)))
    damaged = bytearray(held.getvalue())
    damaged[len(damaged) // 2] ^= 0xFF
    with pytest.raises(ArchiveError):
        everything(io.BytesIO(damaged))


def test_a_zip_whose_checksum_does_not_fit() -> None:
    content = json.dumps(NEWEST).encode()
    held = packed((JSON_NAME, content), method=zipfile.ZIP_STORED).getvalue()
    refused(ArchiveBroken, "CRC", io.BytesIO(held.replace(b"So good", b"So fine")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": [1, 2', "broken at character"),
        (b'{"a" 1}', "a colon is missing"),
        (b'{"a": 1 "b": 2}', "a comma is missing"),
        (b'{"a": [1 2]}', "a comma is missing"),
        (b'{"a": 1,}', "a key is missing"),
        (b"{a: 1}", "a key is missing"),
        (b'{"a": [{"b": 1},]}', "broken at character"),
        (b'{"a": tru}', "broken at character 6"),
        (b'{"a": 1} {"b": 2}', "two JSON documents"),
    ],
)
def test_broken_json_says_where(text: bytes, words: str) -> None:
    refused(ArchiveMalformed, words, packed((JSON_NAME, text)))


def test_json_that_breaks_off_in_a_long_list_gives_what_came_before() -> None:
    text = json.dumps(at(("Post", "Posts", "VideoList"), many(5_000))).encode()[:200_000]
    archive = read_archive(packed((JSON_NAME, text)))
    found = archive.records(records.Post)
    assert next(found).link == "https://a/0"
    with pytest.raises(ArchiveMalformed, match="download the archive again"):
        for _ in found:
            pass


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
@pytest.mark.parametrize("name", [JSON_NAME, "Comment/Comments.txt"])
def test_another_encoding_is_named(encoding: str, name: str) -> None:
    text = '{"Comment": "Grüße, Käse"}' if name == JSON_NAME else "comment: Grüße, Käse"
    refused(ArchiveMalformed, "isn't UTF-8", packed((name, text.encode(encoding))))


def test_deep_nesting_is_refused() -> None:
    text = b'{"a":' * 40_000 + b"1" + b"}" * 40_000
    with pytest.raises((ArchiveUnsafe, ArchiveMalformed)):
        everything(packed((JSON_NAME, text)))


def test_a_number_of_a_million_digits_is_refused() -> None:
    refused(ArchiveMalformed, "broken", packed((JSON_NAME, b'{"a": ' + b"1" * 1_000_000 + b"}")))


def test_a_record_that_never_ends_is_refused() -> None:
    text = b'{"a": "' + b"x" * 3_000_000 + b'"}'
    refused(ArchiveUnsafe, "raise max_record", packed((JSON_NAME, text)), max_record=1_000_000)
    line = b"x" * 3_000_000
    refused(ArchiveUnsafe, "raise max_record", packed(("a.txt", line)), max_record=1_000_000)


# Malice


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/passwd", "leads out of its folder"),
        ("a/../../b.txt", "leads out of its folder"),
        ("/etc/passwd", "absolute path"),
        ("C:/Windows/x.txt", "absolute path"),
        ("..\\x.txt", "backslash"),
        ("a\x07.txt", "control character"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str, words: str) -> None:
    refused(ArchiveUnsafe, words, packed((JSON_NAME, b"{}"), (name, b"x")))


def test_a_name_with_a_hidden_end_is_refused() -> None:
    held = packed((JSON_NAME, b"{}"), ("aXb.txt", b"x")).getvalue()
    refused(ArchiveUnsafe, "control character", io.BytesIO(held.replace(b"aXb.", b"a\0b.")))


def test_a_symbolic_link_is_refused() -> None:
    held = io.BytesIO()
    link = zipfile.ZipInfo(JSON_NAME)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(held, "w") as made:
        made.writestr(link, "/etc/passwd")
    refused(ArchiveUnsafe, "symbolic link", held)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused() -> None:
    refused(ArchiveUnsafe, "twice", packed((JSON_NAME, b"{}"), (JSON_NAME, b'{"a": 1}')))


def test_an_encrypted_archive_says_so() -> None:
    held = bytearray(of_json(NEWEST).getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        held[held.index(mark) + place] |= 1
    refused(ArchiveLocked, "encrypted", io.BytesIO(held))


def test_another_way_of_packing_is_refused() -> None:
    held = packed((JSON_NAME, b"{}" * 999), method=zipfile.ZIP_LZMA)
    refused(ArchiveBroken, "method 14", held)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed((JSON_NAME, b'{"a":"' + b"0" * (20 << 20) + b'"}'))
    refused(ArchiveUnsafe, "zip bomb", bomb)
    refused(ArchiveUnsafe, "raise max_bytes", bomb, max_bytes=1 << 20)
    everything(bomb, max_ratio=2_000, max_record=1 << 25)


def test_a_bomb_that_lies_about_its_size_unpacks_no_further_than_it_says() -> None:
    content = b'{"a":"' + b"0" * (20 << 20) + b'"}'
    held = bytearray(packed((JSON_NAME, content)).getvalue())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", held, held.index(mark) + place, 1_000)
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError):
            everything(io.BytesIO(held))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_too_many_files_are_refused() -> None:
    files = [(f"{number}.txt", b"") for number in range(50)]
    refused(ArchiveUnsafe, "holds 50 files", packed(*files), max_files=40)
    refused(ArchiveUnsafe, "lists about", packed(*files), max_files=4)


def test_whatever_byte_is_wrong_there_is_a_typed_error_or_an_answer() -> None:
    held = of_json(NEWEST).getvalue()
    for place in range(0, len(held), 7):
        wrong = held[:place] + bytes([held[place] ^ 0x5A]) + held[place + 1 :]
        with suppress(ArchiveError):
            everything(io.BytesIO(wrong))


@given(noise=st.binary(max_size=200))
def test_noise_is_refused_or_read(noise: bytes) -> None:
    for source in (io.BytesIO(noise), packed((JSON_NAME, noise)), packed(("a.txt", noise))):
        with suppress(ArchiveError):
            everything(source)


@pytest.mark.parametrize("number", ["12.5", "12e5", "-12.5e-7", "12E+5"])
def test_a_number_may_lie_across_a_block_s_end(number: str) -> None:
    for read in range(1, len(number)):
        start = '{"Note": "'
        middle = '", "Size": '
        note = "n" * (BLOCK - len(start) - len(middle) - read)
        content = f'{start}{note}{middle}{number}, "Last": 1}}'.encode()
        with read_archive(packed((JSON_NAME, content))) as archive:
            [record] = archive.records()
        assert record.model_extra == json.loads(content)


def test_a_byte_order_mark_may_come_in_several_reads() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 2) if size != -1 else -1)

    with read_archive(Slow(b'\xef\xbb\xbf{"Note": 1}')) as archive:
        [record] = archive.records()
    assert record.model_extra == {"Note": 1}
