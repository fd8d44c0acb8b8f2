"""The list of commands and the help text. Written out here, so that it needs no library."""

from __future__ import annotations

COMMANDS = {
    "demo": "Show the main job, end to end, on a local TikTok.",
    "up": "Run a local TikTok and the service, all at once.",
    "emulator": "Run a local TikTok to develop against.",
    "serve": "Run the service.",
    "worker": "Run one more worker for the service.",
    "pause": "Let posts wait.",
    "resume": "Publish the posts that waited.",
    "connect": "Connect a TikTok account: opens the browser.",
    "accounts": "List the connected accounts, and choose the default one.",
    "disconnect": "Revoke an account's tokens and delete them here.",
    "post": "Post a video or photos to the connected account.",
    "posts": "List posts of the service; cancel, retry or settle one.",
    "audit-pack": "Show the evidence about a post for TikTok's audit.",
    "videos": "List the connected account's public videos.",
    "media": "List, upload and delete files of the media library.",
    "sync": "Read accounts' videos and metrics now; see how it goes.",
    "inbox": "Read and answer the comments on the accounts' videos.",
    "research": "Search public videos, as an approved researcher.",
    "ads": "Report on ad accounts; list, launch and pause campaigns.",
    "portability": "Ask for a copy of a person's data, or read one.",
    "agents": "Make AI agents, and say what each may do.",
    "approvals": "Approve or refuse what agents ask for first.",
    "audit": "Search, follow and verify what agents did.",
    "webhooks": "Have events posted to a URL; see and replay what failed.",
    "data": "Find and erase what the service keeps of a person.",
    "retention": "Show and set how long the service keeps data.",
    "token": "Print a token for the service's API.",
    "vault": "Show and change the keys that tokens are encrypted with.",
    "sample": "Make a short video to try things with.",
    "completion": "Print the shell's completion for this command.",
    "doctor": "Say what is configured, reachable and expired, and what to do.",
}

INTRO = """\
Stagedoor: connect, publish to and read from TikTok, real or local.

Set STAGEDOOR_TIKTOK_URL=http://127.0.0.1:8701 to use the emulator; without it
the commands speak to real TikTok with TIKTOK_CLIENT_KEY and
TIKTOK_CLIENT_SECRET. Settings are read from the environment or a .env file."""

OPTIONS = {"--version": "Show the version and exit.", "-h, --help": "Show this message and exit."}


def text() -> str:
    """The output of `stagedoor --help`."""
    intro = "\n".join(f"  {line}".rstrip() for line in INTRO.splitlines())
    return (
        "Usage: stagedoor [OPTIONS] COMMAND [ARGS]...\n\n"
        f"{intro}\n\nOptions:\n{_listed(OPTIONS)}\n\nCommands:\n{_listed(COMMANDS)}\n\n"
        "'stagedoor COMMAND --help' tells more of each."
    )


def _listed(rows: dict[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"  {name:<{width}}  {words}" for name, words in rows.items())
