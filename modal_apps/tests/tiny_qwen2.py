"""
`python tiny_qwen2.py FOLDER`: makes a Qwen2 of a few megabytes with a chat template, for vLLM.

Its weights are random but seeded: it always says the same nonsense. A complete folder stays as it is.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

SEED = 7
VOCABULARY = 1000
CONTEXT = 2048
END = "<|im_end|>"
SPECIAL = ("<|endoftext|>", "<|im_start|>", END)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Enough words for the byte-pair merges; the rest of the vocabulary are single bytes.
CORPUS = (
    "The quick brown fox jumps over the lazy dog. A model answers a question with one token after another. "
    "What is the capital of France? The capital of France is Paris. One two three four five six seven eight. "
    "Revenue grew while costs fell. Streaming sends each word as soon as it is known. system user assistant "
) * 20


def make_qwen2(folder: Path) -> Path:
    """Makes the checkpoint, unless the folder has one."""
    if (folder / "config.json").exists():
        return folder
    torch.manual_seed(SEED)
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    tokenizer = _tokenizer()
    config = Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.3,  # wide enough that the next token is not always the same one
        bos_token_id=tokenizer.convert_tokens_to_ids("<|endoftext|>"),
        eos_token_id=tokenizer.convert_tokens_to_ids(END),
        dtype=torch.float32,
    )
    Qwen2ForCausalLM(config).eval().save_pretrained(building)
    tokenizer.save_pretrained(building)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([CORPUS], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token="<|endoftext|>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


def main() -> None:
    """Makes the model and prints its folder."""
    parser = argparse.ArgumentParser(description="Makes a tiny Qwen2 for tests and the demo.")
    parser.add_argument("folder", type=Path)
    print(make_qwen2(parser.parse_args().folder.resolve()))


if __name__ == "__main__":
    main()
