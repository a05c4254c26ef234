"""API keys: `Authorization: Bearer KEY` or `X-API-Key: KEY`, compared in constant time, closed when unset."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from .errors import ApiError

KEY_VARIABLE = "APP_API_KEY"
SHORTEST_KEY = 16
DECODINGS = 4
OPEN_PATHS = frozenset({"/", "/health"})


@dataclass(frozen=True)
class KeyChecker:
    """
    Knows the accepted keys; several are accepted while one replaces another.

    Parameters:
        bearer: whether `Authorization` may carry the key; not behind Modal's proxy, which uses it itself.
        extra_headers: other headers that may carry it, by lower-case name.
    """

    keys: tuple[bytes, ...]
    bearer: bool = True
    extra_headers: tuple[str, ...] = ()

    @staticmethod
    def from_environ(
        environ: Mapping[str, str], *, bearer: bool = True, extra_headers: tuple[str, ...] = ()
    ) -> KeyChecker:
        """
        Reads one or more keys, separated by commas.

        Raises:
            ValueError: no key, or one shorter than 16 characters. The value is not in the text.
        """
        keys = [key.strip() for key in environ.get(KEY_VARIABLE, "").split(",")]
        if min(map(len, keys)) < SHORTEST_KEY:
            raise ValueError(
                f"{KEY_VARIABLE} must hold keys of {SHORTEST_KEY} or more characters. It comes from a secret."
            )
        return KeyChecker(tuple(key.encode() for key in keys), bearer, extra_headers)

    def accepts(self, given: str) -> bool:
        """Whether this is one of the keys. All are compared: the time must not tell which was close."""
        return any([hmac.compare_digest(given.encode(), key) for key in self.keys])

    def is_within(self, text: str) -> bool:
        """Whether one of the keys is in a text, also percent-encoded, so that it must not be logged."""
        for _ in range(DECODINGS):
            given = text.encode("utf-8", "surrogatepass")
            if any(key in given for key in self.keys):
                return True
            text, before = unquote(text, errors="surrogateescape"), text
            if text == before:
                return False
        return True  # nobody knows what is below so many layers

    def check(self, headers: Mapping[str, str]) -> None:
        """
        Parameters:
            headers: by lower-case name.

        Raises:
            ApiError: 401 `missing_key` or `wrong_key`.
        """
        given = self.given(headers)
        challenge = {"WWW-Authenticate": "Bearer"}
        if not given:
            message = "Send the API key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'."
            raise ApiError(401, "missing_key", message, headers=challenge)
        if not self.accepts(given):
            raise ApiError(401, "wrong_key", "The API key is not one of this app's.", headers=challenge)

    def given(self, headers: Mapping[str, str]) -> str:
        """What a request gives as its key, right or wrong; '' for nothing."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self.bearer and scheme.lower() == "bearer" and token.strip():
            return token.strip()
        names = ("x-api-key", *self.extra_headers)
        return next((headers[name].strip() for name in names if headers.get(name, "").strip()), "")
