"""
`python tiny_t5.py FOLDER`: makes a T5 encoder of a few megabytes as a sentence-transformers folder, like INSTRUCTOR.

Mean pooling, a dense layer to 768 numbers, and length 1. Its weights are random but seeded. A complete folder stays.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

SEED = 11
WIDTH = 64
DIMENSIONS = 768
LONGEST = 128
VOCABULARY = 500
CORPUS = (
    "Represent the document for retrieval: the cat sleeps on the sofa while interest rates rose by half a percent. "
    "Represent the question for retrieving supporting documents: what did the company report for the year? "
    "Revenue grew strongly and costs fell. A cat is napping on the couch. Represent the sentence for clustering: "
) * 10


def make_t5(folder: Path) -> Path:
    """Makes the checkpoint, unless the folder has one."""
    if (folder / "modules.json").exists():
        return folder
    torch.manual_seed(SEED)
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    encoder = building / "encoder"
    encoder.mkdir(parents=True)
    _tokenizer().save_pretrained(encoder)
    config = T5Config(
        vocab_size=VOCABULARY, d_model=WIDTH, d_kv=16, d_ff=128, num_layers=2, num_heads=4, dropout_rate=0.0
    )
    T5EncoderModel(config).eval().save_pretrained(encoder)
    transformer = Transformer(str(encoder), max_seq_length=LONGEST)
    pooling = Pooling(WIDTH, pooling_mode="mean")
    dense = Dense(WIDTH, DIMENSIONS, bias=False, activation_function=torch.nn.Identity())
    SentenceTransformer(modules=[transformer, pooling, dense, Normalize()], device="cpu").save(str(building))
    shutil.rmtree(encoder)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator([CORPUS], trainer)
    end = tokenizer.token_to_id("</s>")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", end)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )


def main() -> None:
    """Makes the model and prints its folder."""
    parser = argparse.ArgumentParser(description="Makes a tiny T5 encoder for tests and the demo.")
    parser.add_argument("folder", type=Path)
    print(make_t5(parser.parse_args().folder.resolve()))


if __name__ == "__main__":
    main()
