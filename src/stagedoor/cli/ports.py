"""A check of a port before a command starts a server on it."""

from __future__ import annotations

import socket

import click


def check_free(host: str, port: int, option: str) -> None:
    """Raise a `ClickException` that names `option` if `host` can't be listened on at `port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"can't listen on {host} port {port}: {error.strerror or error}. Does Stagedoor run "
            f"there already? {option} takes another port."
        ) from error
