"""Testing the settings at startup: a wrong setting is refused in one line before anything is
served."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from sqlalchemy.exc import DBAPIError

from stagedoor.client.errors import StagedoorError
from stagedoor.client.transport import opened

from .app_kinds import AppKind
from .apps.proof import is_wrong, prove
from .clock import Clock
from .database import Database, refusals
from .database.migrate import NewerDatabase, upgrade
from .errors import ServiceUnavailable
from .keys import Keys
from .media.errors import StoreFailed, StoreFull, StoreRefused
from .media.storage import Storage
from .settings import EMULATOR_BUSINESS_APP, Settings, SettingsError
from .vault import opening

_TRY_SECONDS = 5.0

logger = logging.getLogger("stagedoor.service")


def prepare(
    settings: Settings, database: Database, keys: Keys, clock: Clock, storage: Storage
) -> None:
    """Test the settings, and migrate the database. Raises `SettingsError`, also where the keys
    don't decrypt the data keys in the database.

    A media store that doesn't answer is only logged: everything else can be served without it.
    """
    with database_named(settings):
        opening.check(settings, database, keys)
        upgrade(database)
    _try_clock(settings, clock)
    _try_store(storage)
    _try_business_app(settings)


@contextmanager
def database_named(settings: Settings) -> Iterator[None]:
    """Convert a refusal of the database into a `SettingsError` that names the setting."""
    try:
        yield
    except ServiceUnavailable as error:
        cause = error.__cause__
        why = refusals.reason(cause) if isinstance(cause, DBAPIError) else error.message
        if settings.embedded:
            raise SettingsError(
                f"{settings.database_url.removeprefix('sqlite:///')} can't be used ({why}): check "
                "STAGEDOOR_DATA and STAGEDOOR_DATABASE_URL, and who may write there"
            ) from error
        if isinstance(cause, DBAPIError) and refusals.lasting(cause):
            raise SettingsError(
                f"The database that STAGEDOOR_DATABASE_URL names refuses the service ({why}): "
                "correct the setting, or the database's users and rights"
            ) from error
        raise SettingsError(
            f"The database that STAGEDOOR_DATABASE_URL names doesn't answer ({why}): start it, or "
            "correct the setting"
        ) from error
    except NewerDatabase as error:
        raise SettingsError(str(error)) from error
    except DBAPIError as error:
        if not refusals.lasting(error):
            raise
        raise SettingsError(
            f"The database that STAGEDOOR_DATABASE_URL names refuses to be set up "
            f"({refusals.reason(error)}): its user needs the right to create tables"
        ) from error


def _try_clock(settings: Settings, clock: Clock) -> None:
    try:
        clock.now()
    except ServiceUnavailable as error:
        raise SettingsError(
            f"STAGEDOOR_CLOCK names {settings.clock_url}, which doesn't tell the time: "
            "start what serves it, or leave the setting out"
        ) from error


def _try_business_app(settings: Settings) -> None:
    """Ask TikTok whether app id and secret belong together, unless the app is the emulator's own.

    A TikTok that doesn't answer, or refuses for another reason, is only logged.
    """
    app = settings.business_app
    if app is None or app == EMULATOR_BUSINESS_APP:
        return
    try:
        with opened(httpx2.Client, _TRY_SECONDS, reaches=settings.outbound_urls) as http:
            prove(AppKind.BUSINESS, app.client_key, app.client_secret, settings.hosts, http)
    except StagedoorError as error:
        if is_wrong(AppKind.BUSINESS, error):
            raise SettingsError(
                f"TikTok refuses TIKTOK_BUSINESS_APP_ID and TIKTOK_BUSINESS_SECRET ({error}): "
                "copy both from the app's page at business-api.tiktok.com"
            ) from error
        logger.warning(
            "TikTok couldn't be asked whether TIKTOK_BUSINESS_APP_ID and TIKTOK_BUSINESS_SECRET "
            "belong together (%s): logins fail if they don't",
            error,
        )


def _try_store(storage: Storage) -> None:
    try:
        storage.try_write()
    except StoreFull:
        pass  # it is logged, and uploads report it
    except StoreRefused as error:
        if storage.url is None:
            raise SettingsError(
                f"The media folder {storage.folder} can't be used ({error.reason}): check "
                "STAGEDOOR_DATA, and who may write there"
            ) from error
        raise SettingsError(
            f"The media store that STAGEDOOR_MEDIA_URL and AWS_* name refuses the service "
            f"({error.reason}): {error.todo}"
        ) from error
    except StoreFailed as error:
        logger.warning(
            "the media store that STAGEDOOR_MEDIA_URL and AWS_ENDPOINT_URL name doesn't answer "
            "(%s): uploads are refused until it does",
            error.reason,
        )
