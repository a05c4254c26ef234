"""API keys: `Authorization: Bearer KEY` or `X-API-Key: KEY`, compared in constant time, closed when unset."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import ApiError

KEY_VARIABLE = "APP_API_KEY"
SHORTEST_KEY = 16
OPEN_PATHS = frozenset({"/", "/health"})


@dataclass(frozen=True)
class KeyChecker:
    """
    Knows the accepted keys; several are accepted while one replaces another.

    Parameters:
        bearer: whether `Authorization` may carry the key; not behind Modal's proxy, which uses it itself.
    """

    keys: tuple[bytes, ...]
    bearer: bool = True

    @staticmethod
    def from_environ(environ: Mapping[str, str], *, bearer: bool = True) -> KeyChecker:
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
        return KeyChecker(tuple(key.encode() for key in keys), bearer)

    def check(self, headers: Mapping[str, str]) -> None:
        """
        Parameters:
            headers: by lower-case name.

        Raises:
            ApiError: 401 `missing_key` or `wrong_key`.
        """
        given = self._given(headers)
        challenge = {"WWW-Authenticate": "Bearer"}
        if not given:
            message = "Send the API key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'."
            raise ApiError(401, "missing_key", message, headers=challenge)
        # All are compared, so that the time does not tell which one was close.
        matches = [hmac.compare_digest(given.encode(), key) for key in self.keys]
        if not any(matches):
            raise ApiError(401, "wrong_key", "The API key is not one of this app's.", headers=challenge)

    def _given(self, headers: Mapping[str, str]) -> str:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self.bearer and scheme.lower() == "bearer" and token.strip():
            return token.strip()
        return headers.get("x-api-key", "").strip()
