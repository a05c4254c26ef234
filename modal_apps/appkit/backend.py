"""What the web functions know of a worker that fails, wherever it runs."""

from __future__ import annotations


class BackendError(Exception):
    """The worker failed, or cannot be reached."""
