"""What the columns of a classifier's output mean: by the names in its checkpoint, else by what is known of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

CLASSES = ("positive", "neutral", "negative")
# What other checkpoints of the field call the three.
OTHER_NAMES = {"bullish": "positive", "bearish": "negative"}
UNNAMED = re.compile(r"label_\d{1,9}|\d{1,9}")


class LabelError(RuntimeError):
    """Which column is which class cannot be told; the text says what to set."""


@cache
def known_labels() -> dict[str, tuple[str, ...]]:
    """The classes of models whose checkpoints have no names for them, in the order of the columns, by Hub id."""
    table = json.loads(Path(__file__).with_name("model_labels.json").read_text())
    return {model: tuple(entry["labels"]) for model, entry in table.items()}


def class_columns(id2label: Mapping[int, str], model_id: str = "", labels: str = "") -> list[int]:
    """
    The columns of positive, neutral and negative among the logits. Their order differs between models, so it is
    never guessed.

    Parameters:
        id2label: of the checkpoint's config.
        model_id: Hub id, for a model whose checkpoint has no names.
        labels: the classes in the order of the columns with commas between, as APP_LABELS; for such a model too.

    Raises:
        LabelError: the classes are others than these three, or have no names and are not known.
    """
    written = [str(id2label[column]) for column in sorted(id2label)]
    names = [OTHER_NAMES.get(name.lower(), name.lower()) for name in written]
    if sorted(names) == sorted(CLASSES):
        if labels and labels.split(",") != names:
            raise LabelError(
                f"APP_LABELS={labels}, but the checkpoint calls its classes {', '.join(written)}. "
                "Leave APP_LABELS empty: the checkpoint's own names are used."
            )
        return [names.index(name) for name in CLASSES]
    if len(names) != len(CLASSES) or not all(UNNAMED.fullmatch(name) for name in names):
        raise LabelError(
            f"The checkpoint's classes are {', '.join(written)}; needed: {', '.join(CLASSES)}. "
            "Choose another APP_MODEL_ID."
        )
    meant = labels.split(",") if labels else known_labels().get(model_id)
    if not meant:
        raise LabelError(
            f"The checkpoint calls its classes {', '.join(written)}, which does not say what they are. Read it "
            f"up on the model's card and set APP_LABELS to the classes in that order, such as {','.join(CLASSES)}."
        )
    return [list(meant).index(name) for name in CLASSES]
