"""`stagedoor accounts`, `disconnect`, and which account a command uses."""

from __future__ import annotations

import httpx2

from stagedoor.testing import TikTokEmulator

from .conftest import Connect, Shell


def test_accounts_are_listed_with_the_default_one_first(shell: Shell, connected: Connect) -> None:
    connected("jonas.behind.doors")
    connected("maracooks")
    lines = shell.run("accounts").out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["default", "@maracooks"],
        ["@jonas.behind.doors", "consent"],
    ]
    listed = shell.run("accounts", "--json").json
    assert [(one["account"], one["default"]) for one in listed] == [
        ("maracooks", True),
        ("jonas.behind.doors", False),
    ]


def test_the_default_is_chosen(shell: Shell, connected: Connect) -> None:
    connected("jonas.behind.doors")
    connected("maracooks")
    done = shell.run("accounts", "--use", "@jonas.behind.doors", "--json")
    assert done.err == "Commands use @jonas.behind.doors from now on.\n"
    assert done.json[0]["account"] == "jonas.behind.doors"
    assert shell.run("videos", "--limit", "1").out.strip().startswith("@jonas.behind.doors")
    refused = shell.run("accounts", "--use", "nobody")
    assert refused.code == 1
    assert "these are: @jonas.behind.doors, @maracooks" in refused.words


def test_a_disconnected_account_is_revoked_and_forgotten(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected("jonas.behind.doors")
    account = connected("maracooks")
    tokens = account.store.load()
    assert tokens is not None
    done = shell.run("disconnect", "@maracooks")
    assert done.code == 0
    assert done.out.startswith("Disconnected @maracooks at the TikTok at ")
    assert done.err == "Commands use @jonas.behind.doors now.\n"
    assert not account.store.path.exists()
    answer = httpx2.get(
        f"{tiktok.url}/v2/user/info/?fields=open_id",
        headers={"authorization": f"Bearer {tokens.access_token}"},
        trust_env=False,
    )
    assert answer.status_code == 401
    assert [one["account"] for one in shell.run("accounts", "--json").json] == [
        "jonas.behind.doors"
    ]


def test_tokens_that_tiktok_does_not_take_back_are_kept_unless_asked(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    account = connected()
    down = {
        "STAGEDOOR_TIKTOK_URL": tiktok.url,
        "TIKTOK_CLIENT_KEY": "k",
        "TIKTOK_CLIENT_SECRET": "wrong",
    }
    refused = shell.run("disconnect", "maracooks", **down)
    assert refused.code == 1
    assert "Nothing was deleted. --local deletes them here all the same." in refused.words
    assert account.store.path.exists()
    assert shell.run("disconnect", "maracooks", "--local").out == "Disconnected @maracooks here.\n"
    assert not account.store.path.exists()
    assert "run 'stagedoor connect'" in shell.run("accounts").err


def test_a_sample_is_a_video_that_tiktok_takes(shell: Shell, connected: Connect) -> None:
    connected()
    made = shell.run("sample", "film.mp4", "--seconds", "3")
    assert made.code == 0, made.err
    assert made.out.startswith("Made film.mp4: ")
    assert shell.run("post", "film.mp4", "--privacy", "SELF_ONLY").code == 0
    again = shell.run("sample", "film.mp4")
    assert again.code == 2
    assert "film.mp4 exists; --force replaces it" in again.words
    assert "name it .mp4" in shell.run("sample", "film.mov").words
    nowhere = shell.run("sample", "nowhere/film.mp4")
    assert nowhere.code == 1
    assert "Error: can't write nowhere/film.mp4: No such file or directory." in nowhere.words
    assert [one.name for one in shell.folder.iterdir()] == ["film.mp4"]


def test_the_shell_completes_commands(shell: Shell) -> None:
    for name, words in (
        ("bash", "complete -o nosort"),
        ("zsh", "#compdef stagedoor"),
        ("fish", "complete"),
    ):
        done = shell.run("completion", name)
        assert done.code == 0
        assert words in done.out
    asked = {
        "_STAGEDOOR_COMPLETE": "bash_complete",
        "COMP_WORDS": "stagedoor ap",
        "COMP_CWORD": "1",
    }
    assert shell.run(**asked).out.split() == ["plain,approvals"]
    unknown = shell.run("completion", SHELL="/bin/csh")
    assert unknown.code == 2
    assert "Name the shell: bash, zsh, fish." in unknown.words
