"""Which column of a model's answer is which class."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from appkit.settings import SettingsError, load
from finance import model_labels
from finance.model_labels import CLASSES, LabelError, class_columns, known_labels
from finance.sentiment_model import FinBert
from finance.settings import FinbertSettings

UNNAMED = {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}
GOOD, BAD = "Revenue grew strongly in the year.", "Profit fell sharply in the second quarter."


def without_names(checkpoint: Path, folder: Path) -> Path:
    """The same weights in a checkpoint as it is saved when nobody names the classes."""
    shutil.copytree(checkpoint, folder)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["id2label"] = {str(column): name for column, name in UNNAMED.items()}
    config["label2id"] = {name: column for column, name in UNNAMED.items()}
    path.write_text(json.dumps(config))
    return folder


def loaded(folder: Path, labels: str = "") -> FinBert:
    model = FinBert(str(folder), labels=labels)
    model.load()
    model.to_device()
    return model


def test_names_in_the_checkpoint_count_whatever_their_order() -> None:
    assert class_columns({0: "Neutral", 1: "Positive", 2: "Negative"}) == [1, 0, 2]
    assert class_columns({2: "Neutral", 0: "Bearish", 1: "Bullish"}) == [1, 2, 0]


@pytest.mark.parametrize(
    ("model_id", "columns"),
    [
        ("yiyanghkust/finbert-tone", [1, 0, 2]),
        ("ProsusAI/finbert", [0, 2, 1]),
        ("cardiffnlp/twitter-roberta-base-sentiment", [2, 1, 0]),
    ],
)
def test_a_known_model_needs_no_names(model_id: str, columns: list[int]) -> None:
    assert class_columns(UNNAMED, model_id) == columns


def test_every_known_model_has_each_class_once() -> None:
    assert all(sorted(labels) == sorted(CLASSES) for labels in known_labels().values())


def test_an_unknown_model_without_names_is_refused_with_what_to_set() -> None:
    with pytest.raises(LabelError, match=r"LABEL_0, LABEL_1, LABEL_2, .* set APP_LABELS"):
        class_columns(UNNAMED, "somebody/some-model")
    with pytest.raises(LabelError, match=r"joy, anger, fear; needed: .* Choose another APP_MODEL_ID"):
        class_columns({0: "joy", 1: "anger", 2: "fear"})
    with pytest.raises(LabelError):
        class_columns({0: "positive", 1: "negative"})
    with pytest.raises(LabelError, match=r"LABEL_0, LABEL_1; needed"):
        class_columns({0: "LABEL_0", 1: "LABEL_1"}, "yiyanghkust/finbert-tone")


def test_names_of_the_checkpoint_are_not_overruled() -> None:
    named = {0: "Neutral", 1: "Positive", 2: "Negative"}
    assert class_columns(named, labels="neutral,positive,negative") == [1, 0, 2]
    with pytest.raises(LabelError, match="Leave APP_LABELS empty"):
        class_columns(named, labels="positive,negative,neutral")


def test_the_same_weights_without_names_give_the_same_answer(
    checkpoint: Path, model: FinBert, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = without_names(checkpoint, tmp_path / "unnamed")
    with pytest.raises(LabelError, match="APP_LABELS"):
        FinBert(str(folder)).load()
    wanted = model.score([GOOD, BAD])
    assert loaded(folder, "neutral,positive,negative").score([GOOD, BAD]) == wanted
    monkeypatch.setattr(
        model_labels, "known_labels", lambda: {str(folder): ("neutral", "positive", "negative")}
    )
    assert loaded(folder).score([GOOD, BAD]) == wanted


def test_the_setting_names_each_class_once() -> None:
    assert load(FinbertSettings, {"APP_LABELS": "negative,neutral,positive"}).labels
    for wrong in ("positive,negative", "good,bad,neutral", "positive,positive,negative"):
        with pytest.raises(SettingsError, match="APP_LABELS"):
            load(FinbertSettings, {"APP_LABELS": wrong})


def test_a_second_card_is_said_to_be_of_no_use() -> None:
    settings = load(FinbertSettings, {"APP_GPU": "A10,A100:2", "APP_MAX_CONTAINERS": "1"})
    assert [note for note in settings.notes() if "APP_GPU=A100:2: FinBERT runs on one card" in note]
    assert not [note for note in FinbertSettings().notes() if "one card" in note]
