"""What the model will see of a page: its size, its tokens, whether it is blank. Computed without the model."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

from PIL import Image, ImageStat

from .token_budget import MOST_PIXELS

FACTOR = 32  # patches of 16 pixels, of which 2 by 2 are merged to one token
LEAST_PIXELS = 65_536
STEEPEST = 200
BLANK_DEVIATION = 2.0
CLOCKWISE = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


class BadShape(ValueError):
    """The picture is too long and thin for the model."""


@dataclass(frozen=True)
class Picture:
    """A page as the model gets it; sizes in pixels. `png` is empty for a blank page."""

    width: int
    height: int
    png: bytes

    @property
    def image_tokens(self) -> int:
        """Tokens that the page takes in the prompt; 0 for a blank one, which is not sent."""
        return count_tokens(self.width, self.height) if self.png else 0


def smart_resize(
    width: int, height: int, least: int = LEAST_PIXELS, most: int = MOST_PIXELS
) -> tuple[int, int]:
    """
    Width and height rounded to multiples of 32 and scaled to between `least` and `most` pixels.

    Raises:
        BadShape: one side is more than 200 times the other.
    """
    check_shape(width, height)
    # Python's own rounding, half to even: the model's processor rounds so too.
    wide, high = round(width / FACTOR) * FACTOR, round(height / FACTOR) * FACTOR
    if wide * high > most:
        shrink = math.sqrt(width * height / most)
        return _floor(width / shrink), _floor(height / shrink)
    if wide * high < least:
        grow = math.sqrt(least / (width * height))
        return math.ceil(width * grow / FACTOR) * FACTOR, math.ceil(height * grow / FACTOR) * FACTOR
    return wide, high


def check_shape(width: float, height: float) -> None:
    """
    Raises:
        BadShape: see `smart_resize`.
    """
    if max(width, height) > STEEPEST * min(width, height):
        raise BadShape(f"The page is {width:g} x {height:g}: one side is over {STEEPEST} times the other.")


def final_size(width: int, height: int, max_pixels: int) -> tuple[int, int]:
    """
    The size that no engine changes. Rounding down to few pixels may leave fewer than the model takes; the page
    is then a little larger than `max_pixels`.

    Raises:
        BadShape: see `smart_resize`.
    """
    return smart_resize(*_not_too_steep(*smart_resize(width, height, most=max_pixels)))


def _not_too_steep(width: int, height: int) -> tuple[int, int]:
    """Rounding a thin page down can leave it thinner than the model takes: its long side gives way."""
    longest = STEEPEST * min(width, height)
    return min(width, longest), min(height, longest)


def _floor(length: float) -> int:
    return max(FACTOR, math.floor(length / FACTOR) * FACTOR)


def count_tokens(width: int, height: int) -> int:
    """Tokens of a picture whose sides are multiples of 32."""
    return (width // FACTOR) * (height // FACTOR)


def is_blank(image: Image.Image) -> bool:
    """Whether a page is of one shade: the standard deviation of its grey values is below 2 of 255."""
    return ImageStat.Stat(image.convert("L")).stddev[0] < BLANK_DEVIATION


def prepare(image: Image.Image, max_pixels: int) -> Picture:
    """
    Resizes a page to just what the model takes, so that neither engine resizes it again.

    Parameters:
        image: RGB.
        max_pixels: 65,536 to 16,777,216.

    Raises:
        BadShape: see `smart_resize`.
    """
    width, height = final_size(image.width, image.height, max_pixels)
    if is_blank(image):
        return Picture(width, height, b"")
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    packed = io.BytesIO()
    image.save(packed, "png", compress_level=1)
    return Picture(width, height, packed.getvalue())


def turned(image: Image.Image, turn: int) -> Image.Image:
    """The picture, turned clockwise by a multiple of 90 degrees."""
    return image.transpose(CLOCKWISE[turn % 360]) if turn % 360 else image
