"""Limits what the bodies of all requests in flight take together: twenty large ones would fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import ApiError, unavailable

FREE_BYTES = 64 << 10  # of each body, so that small requests are served while large ones take all the room
RETRY_AFTER_S = 5
BODIES = (
    2  # of the largest size at once, where files are sent: each takes four times its size while it is read
)


@dataclass
class Room:
    """
    For the bodies of one process.

    Parameters:
        most_bytes: of all bodies together.
        taken: bytes by those in flight.
    """

    most_bytes: int
    taken: int = 0

    def check(self, more: int) -> None:
        """
        Raises:
            ApiError: 503 `bodies_too_large` when so many bytes more do not fit now.
        """
        if self.taken + more > self.most_bytes:
            message = (
                f"Requests in progress take the {self.most_bytes >> 20} MiB that there are for their bodies."
            )
            raise unavailable(
                "bodies_too_large", f"{message} Send this one again in a moment.", RETRY_AFTER_S
            )


@dataclass
class Body:
    """
    The body of one request. Counts what came, not what is announced: that costs the caller nothing.

    Parameters:
        most_bytes: of this one.
    """

    room: Room
    most_bytes: int
    received: int = 0
    taken: int = 0

    def announce(self, size: int) -> None:
        """
        Refuses a body by its length, before it is sent.

        Raises:
            ApiError: as `add`.
        """
        if size > self.most_bytes:
            raise self._too_large()
        self.room.check(max(size - FREE_BYTES, 0))

    def add(self, size: int) -> None:
        """
        Raises:
            ApiError: 413 `body_too_large`; 503 as `Room.check`, and its room is given back.
        """
        self.received += size
        more = max(self.received - FREE_BYTES, 0) - self.taken
        try:
            if self.received > self.most_bytes:
                raise self._too_large()
            self.room.check(more)
        except ApiError:
            self.end()
            raise
        self.taken += more
        self.room.taken += more

    def end(self) -> None:
        """Gives the room back."""
        self.room.taken -= self.taken
        self.taken = 0

    def _too_large(self) -> ApiError:
        return ApiError(413, "body_too_large", f"The body is larger than {self.most_bytes >> 20} MiB.")
