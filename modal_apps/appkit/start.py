"""The first thing that a container does."""

from __future__ import annotations

import logging
import os

from .auth import KeyChecker
from .logs import setup_logging
from .reporting import setup_error_reports
from .settings import Settings
from .stdio import mark_other_output

log = logging.getLogger(__name__)


def start_container(settings: Settings) -> None:
    """Sets up output, logs and error reports; says again, in the log, when the app is open to all."""
    mark_other_output()
    setup_logging(settings.app_name, settings.log_level, settings.log_format)
    setup_error_reports(settings.app_name, os.environ)
    if settings.auth == "none":
        log.warning("APP_AUTH=none: anybody who knows the URL can use this app at your cost.")


def key_checker(settings: Settings, *extra_headers: str) -> KeyChecker | None:
    """
    Checks keys from this container's secret; None when the app checks none itself.

    Raises:
        ValueError: the secret has no key, or a short one: the container does not start then.
    """
    if not settings.wants_key:
        return None
    return KeyChecker.from_environ(
        os.environ, bearer=not settings.wants_proxy, extra_headers=tuple(extra_headers)
    )
