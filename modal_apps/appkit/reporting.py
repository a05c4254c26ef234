"""Reports errors to Sentry where a secret with SENTRY_DSN is named. No bodies, no headers, no personal data."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLE = "SENTRY_DSN"


def setup_error_reports(app: str, environ: Mapping[str, str]) -> bool:
    """
    Returns:
        whether errors are reported.
    """
    dsn = environ.get(VARIABLE, "")
    if not dsn:
        return False
    import sentry_sdk

    sentry_sdk.init(
        dsn,
        release=app,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,  # they could hold a document or a key
        traces_sample_rate=0,
    )
    return True
