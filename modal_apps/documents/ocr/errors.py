"""What is wrong with a file."""

from __future__ import annotations


class DocumentError(ValueError):
    """A file that cannot be read; `code` is the broken rule."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
