"""Drills use the service as its own tests do, and take longer."""

from tests.connector.conftest import (  # noqa: F401
    _postgres_template,
    _sqlite_template,
    database_url,
    emulator_http,
    emulator_process,
    environment,
    local,
    postgres_server,
    service_socket,
    service_without_worker,
    services,
    settings,
)
