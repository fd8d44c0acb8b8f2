"""nginx with one worker that answers canned JSON, as fast as a server can."""

from __future__ import annotations

import contextlib
import os
import pwd
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .process import free_port, serving, tool

_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    open_file_cache max=100;
    open_file_cache_valid 1h;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""
# A static file refuses POST with 405; answering that inside with the file itself makes it a 200.
_LOCATION = "location = {path} {{ error_page 405 =200 {file}; return 405; }}"
_FILE = "location = {file} {{ internal; alias {folder}{file}; }}"


@contextlib.contextmanager
def canned(answers: Mapping[str, bytes]) -> Iterator[str]:
    """The base address of a server that gives each path its JSON, whatever is sent."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="stagedoor-nginx-") as name:
        folder = Path(name)
        locations = []
        for index, (path, body) in enumerate(answers.items()):
            file = f"/answer-{index}.json"
            (folder / file[1:]).write_bytes(body)
            locations.append(_LOCATION.format(path=path, file=file))
            locations.append(_FILE.format(folder=folder, file=file))
        # Only a root's nginx changes its user, and then it couldn't read the folder.
        user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
        config = folder / "nginx.conf"
        config.write_text(
            _CONFIG.format(user=user, folder=folder, port=port, locations="\n".join(locations))
        )
        command = [tool("nginx"), "-p", name, "-c", str(config), "-e", "stderr"]
        with serving(command, port):
            yield f"http://127.0.0.1:{port}"
