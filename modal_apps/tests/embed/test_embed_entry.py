"""What programs call without HTTP, through the entry file."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from entry_files import inside, load_entry
from sentence_transformers import SentenceTransformer


async def test_one_text_is_a_plain_list_of_numbers(
    monkeypatch: pytest.MonkeyPatch, t5_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {
        "APP_MODEL_ID": str(t5_folder),
        "APP_FAMILY": "instructor",
        "APP_AUTH": "none",
        "APP_GPU": "none",
    }
    entry = load_entry(monkeypatch, "embeddings", **values)
    own = inside(entry.Embedder)._user_cls()
    for name in ("load", "to_device"):
        inside(vars(type(own))[name]).raw_f(own)
    vector = await inside(vars(type(own))["embed_text"]).raw_f(own, "The cat sleeps.", "Represent: ")
    library = SentenceTransformer(str(t5_folder), device="cpu")
    library.set_pooling_include_prompt(False)
    np.testing.assert_allclose(vector, library.encode("The cat sleeps.", prompt="Represent: "), atol=1e-5)
    assert {type(value) for value in vector} == {float}

    remote = SimpleNamespace(embed_text=SimpleNamespace(remote=lambda text, instruction: vector))
    monkeypatch.setattr(entry, "Embedder", lambda: remote)
    assert entry.generate_embedding.local("The cat sleeps.", "Represent: ") == vector
    assert "768 numbers: " in capsys.readouterr().out
