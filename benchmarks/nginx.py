"""nginx with one worker that answers canned JSON, as fast as a server can."""

from __future__ import annotations

import contextlib
import os
import pwd
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    default_type application/json;
    keepalive_requests 1000000000;
    open_file_cache max=100;
    open_file_cache_valid 1h;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format received "$request_method $request_length";
    access_log {folder}/access.log received;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
    server {{
        listen unix:{folder}/done.sock;
        access_log off;
        location / {{ return 201 "{{}}"; }}
    }}
}}
"""
# A static file refuses POST with 405; answering that inside with the file itself makes it a 200.
_LOCATION = "location = {path} {{ error_page 405 =200 {file}; return 405; }}"
# curl adds the name of its file to the path. The body is read whole into memory, thrown away, and
# then answered: `return` alone would answer before it has read it.
_DISCARD = """location {path} {{
    client_max_body_size 0;
    client_body_buffer_size 136m;
    proxy_pass http://unix:{folder}/done.sock:/;
    proxy_set_body "";
    proxy_method GET;
}}"""
_FILE = "location = {file} {{ internal; alias {folder}{file}; }}"


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    log: Path

    def received(self) -> list[int]:
        """Bytes of each PUT so far, heads included."""
        lines = (line.split() for line in self.log.read_text().splitlines())
        return [int(size) for method, size in lines if method == "PUT"]


@contextlib.contextmanager
def canned(
    answers: Callable[[str], Mapping[str, bytes]], discards: Sequence[str] = (), log: bool = False
) -> Iterator[Server]:
    """A server that gives each path its JSON, whatever is sent, and reads bodies at `discards`.

    `answers` is told the server's address, which some answers hold.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="stagedoor-nginx-") as name:
        folder = Path(name)
        locations = [_DISCARD.format(path=path, folder=folder) for path in discards]
        if not log:
            locations.append("access_log off;")
        for index, (path, body) in enumerate(answers(url).items()):
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
            yield Server(url, folder / "access.log")
