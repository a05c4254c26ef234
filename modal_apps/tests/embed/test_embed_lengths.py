"""How many tokens a model reads, beside what sentence-transformers reads of the same checkpoint."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from appkit.settings import SettingsError, load
from embed.lengths import MOST, longest_of
from embed.model import EmbeddingModel, ModelError
from embed.settings import EmbeddingSettings
from sentence_transformers import SentenceTransformer


def copied(folder: Path, to: Path, length: int) -> Path:
    """The tiny T5, whose positions have no end, with another length of its own."""
    shutil.copytree(folder, to)
    for path in to.glob("**/sentence_*_config.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "max_seq_length": length}))
    for path in to.glob("**/tokenizer_config.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "model_max_length": length}))
    return to


def test_a_model_that_reads_more_than_512_tokens_is_not_cut_to_them(t5_folder: Path, tmp_path: Path) -> None:
    folder = copied(t5_folder, tmp_path / "long", 700)
    model = EmbeddingModel(str(folder), family_name="plain")
    model.load()
    model.to_device()
    library = SentenceTransformer(str(folder), device="cpu")
    assert model.longest == library.max_seq_length == 700
    text = "the cat sleeps " * 60
    [tokens] = model.tokenize([text], "")
    assert 512 < len(tokens.ids) <= 700
    assert not tokens.truncated
    expected = library.encode([text])
    np.testing.assert_allclose([model.embed([tokens])[0].values], expected, atol=1e-5)


def test_a_shorter_length_can_be_set(t5_folder: Path) -> None:
    model = EmbeddingModel(str(t5_folder), max_length=16)
    model.load()
    [tokens] = model.tokenize(["the cat sleeps " * 20], "")
    assert (model.longest, len(tokens.ids), tokens.truncated) == (16, 16, True)


@pytest.mark.parametrize(
    ("own", "positions", "limit", "wanted", "expected"),
    [
        (32_768, 40_960, 131_072, 0, 32_768),
        (None, 2048, 10**30, 0, 2048),
        (None, None, 10**30, 0, 512),
        (256, 512, 512, 512, 512),
        (None, 131_072, None, 0, MOST),
        (None, 131_072, None, 100_000, 100_000),
    ],
)
def test_the_length_is_the_models_own(
    own: int | None, positions: int | None, limit: int | None, wanted: int, expected: int
) -> None:
    config, tokenizer = (
        SimpleNamespace(max_position_embeddings=positions),
        SimpleNamespace(model_max_length=limit),
    )
    assert longest_of(own, config, tokenizer, wanted) == expected


def test_more_than_the_model_reads_is_refused(t5_folder: Path) -> None:
    with pytest.raises(ValueError, match="APP_MAX_LENGTH=4096: the model reads at most 128 tokens"):
        EmbeddingModel(str(t5_folder), max_length=4096).load()


def test_embeddinggemma_is_refused_in_float16_as_t5_is(
    t5_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("google/embeddinggemma-300m", "hkunlp/instructor-xl"):
        with pytest.raises(SettingsError, match="APP_DTYPE=float16"):
            load(EmbeddingSettings, {"APP_MODEL_ID": name, "APP_DTYPE": "float16"})
    load(EmbeddingSettings, {"APP_MODEL_ID": "BAAI/bge-base-en-v1.5", "APP_DTYPE": "float16"})
    model = EmbeddingModel(str(t5_folder), dtype="float16")
    monkeypatch.setattr("embed.model.OVERFLOWING", {"t5": "EmbeddingGemma"})
    with pytest.raises(ModelError, match="EmbeddingGemma overflows in float16"):
        model.load()
