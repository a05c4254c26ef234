"""The first thing that a container does."""

from __future__ import annotations

import os
import sys

from .auth import KeyChecker
from .logs import setup_logging
from .reporting import setup_error_reports
from .settings import Settings


def start_container(settings: Settings) -> None:
    """Sets up logs and error reports; says again, in the log, when the app is open to all."""
    setup_logging(settings.app_name, settings.log_level, settings.log_format)
    setup_error_reports(settings.app_name, os.environ)
    if settings.auth == "none":
        print("APP_AUTH=none: anybody who knows the URL can use this app at your cost.", file=sys.stderr)


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
