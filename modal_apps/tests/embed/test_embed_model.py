"""The vectors: the same as the library's, alone or in a batch, with the instruction out of the mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from embed.model import EmbeddingModel, ModelError, NonFiniteError
from sentence_transformers import SentenceTransformer

TEXTS = ["The cat sleeps on the sofa.", "Interest rates rose.", "a", "Revenue grew strongly " * 9]
INSTRUCTION = "Represent the document for retrieval: "


def vectors(model: EmbeddingModel, texts: list[str], instruction: str = "") -> np.ndarray:
    return np.array([vector.values for vector in model.embed(model.tokenize(texts, instruction))])


@pytest.mark.parametrize("instruction", ["", INSTRUCTION])
def test_vectors_are_those_of_the_library(t5: EmbeddingModel, t5_folder: Path, instruction: str) -> None:
    reference = SentenceTransformer(str(t5_folder), device="cpu")
    reference.set_pooling_include_prompt(False)
    expected = reference.encode(TEXTS, prompt=instruction or None)
    np.testing.assert_allclose(vectors(t5, TEXTS, instruction), expected, atol=1e-5)


def test_the_instruction_is_left_out_of_the_mean(t5: EmbeddingModel, t5_folder: Path) -> None:
    with_it = SentenceTransformer(str(t5_folder), device="cpu")  # what a folder does by itself
    wrong = with_it.encode(TEXTS, prompt=INSTRUCTION)
    ours = vectors(t5, TEXTS, INSTRUCTION)
    assert np.abs(ours - wrong).max() > 1e-3
    assert np.abs(ours - vectors(t5, TEXTS)).max() > 1e-3  # and yet it is read


def test_texts_with_different_instructions_share_a_forward(t5: EmbeddingModel) -> None:
    tokens = [*t5.tokenize(TEXTS, INSTRUCTION), *t5.tokenize(TEXTS, "")]
    together = np.array([vector.values for vector in t5.embed(tokens)])
    apart = np.concatenate([vectors(t5, TEXTS, INSTRUCTION), vectors(t5, TEXTS)])
    np.testing.assert_allclose(together, apart, atol=1e-5)


def test_batched_and_single_agree_and_have_length_one(t5: EmbeddingModel) -> None:
    batched = vectors(t5, TEXTS, INSTRUCTION)
    single = np.concatenate([vectors(t5, [text], INSTRUCTION) for text in TEXTS])
    assert (batched * single).sum(1).min() >= 0.9999
    np.testing.assert_allclose(np.linalg.norm(batched, axis=1), 1, atol=1e-5)
    assert batched.shape == (len(TEXTS), t5.dim) == (4, 768)


def test_long_texts_are_cut_to_what_the_model_reads(t5: EmbeddingModel) -> None:
    short, long = t5.tokenize(["a cat", "cat " * 500], "")
    assert (short.truncated, long.truncated) == (False, True)
    assert len(long.ids) == t5.longest == 128
    assert long.ids[-1] == t5.tokenizer.eos_token_id


def test_a_value_that_is_no_number_is_never_given_out(t5_folder: Path) -> None:
    model = EmbeddingModel(str(t5_folder), family_name="instructor")
    model.load()
    model.to_device()
    with torch.no_grad():
        next(model.model[2].parameters())[0, 0] = torch.nan
    with pytest.raises(NonFiniteError):
        model.embed(model.tokenize(["a"], ""))


def test_a_t5_encoder_refuses_float16(t5_folder: Path) -> None:
    with pytest.raises(ModelError, match="overflows in float16"):
        EmbeddingModel(str(t5_folder), dtype="float16").load()


@pytest.mark.parametrize(("dtype", "name"), [("auto", "float32"), ("bfloat16", "bfloat16")])
def test_the_type_is_the_one_asked_for(t5_folder: Path, dtype: str, name: str) -> None:
    model = EmbeddingModel(str(t5_folder), dtype=dtype)
    model.load()
    model.to_device()
    assert model.dtype_name() == name
    assert np.isfinite(vectors(model, TEXTS)).all()


def test_loading_touches_no_cuda(t5_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("CUDA was touched before the snapshot")

    for name in ("is_available", "device_count", "current_device", "_lazy_init"):
        monkeypatch.setattr(torch.cuda, name, refuse)
    EmbeddingModel(str(t5_folder), family_name="instructor").load()


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="/models/none"):
        EmbeddingModel("/models/none").load()
