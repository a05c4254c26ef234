"""
A Qwen2 of a few kilobytes that says the same words each time: every token has one successor, by its weights.

The last word of a chat chooses what is said: `think`, `call`, `endless`, or anything else for a plain answer.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

END = "<|im_end|>"
WAVE = "\N{WAVING HAND SIGN}"  # one character of four tokens
THOUGHTS = [" The", " user", " wants", " a", " city", ",", " so", " I", " name", " one", "."]
ANSWER = ["Paris", " is", " the", " capital", " of", " France", "!"]
CALL = ['{"name"', ': "get', '_weather"', ', "arguments"', ': {"city"', ': "Oslo"', ', "days"', ": 3}}"]
PLAIN = ["Hel", "lo", " from", " single", " tokens", " in", " turn ", WAVE]
LOOP = [" round", " and"]
SCRIPTS: dict[str, list[str]] = {
    "<|think|>": ["<think>", *THOUGHTS, "</think>", *ANSWER, END],
    "<|call|>": ["<tool_call>", *CALL, "</tool_call>", END],
    "<|plain|>": [*PLAIN, END],
    "<|endless|>": [*LOOP, LOOP[0]],
}
SPECIAL = ["<|endoftext|>", "<|im_start|>", END, *SCRIPTS]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% set last = messages[-1]['content'] | string %}"
    "{% if 'think' in last %}<|think|>{% elif 'call' in last %}<|call|>"
    "{% elif 'endless' in last %}<|endless|>{% else %}<|plain|>{% endif %}{% endif %}"
)
HIDDEN = 512
CONTEXT = 65536


def make_spoken(folder: Path) -> Path:
    """Makes the checkpoint."""
    torch.manual_seed(1)
    tokenizer = _tokenizer()
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=8,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
        bos_token_id=tokenizer.convert_tokens_to_ids("<|endoftext|>"),
        eos_token_id=tokenizer.convert_tokens_to_ids(END),
        dtype=torch.float32,
    )
    model = Qwen2ForCausalLM(config).eval()
    with torch.no_grad():
        for layer in model.model.layers:  # what comes in goes on as it is
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        words = torch.nn.functional.normalize(torch.randn(len(tokenizer), HIDDEN), dim=1)
        model.model.embed_tokens.weight.copy_(words)
        model.lm_head.weight.zero_()
        for now, following in _successors(tokenizer).items():
            model.lm_head.weight[following] += words[now] * 4
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _successors(tokenizer: PreTrainedTokenizerFast) -> dict[int, int]:
    found: dict[int, int] = {}
    for first, pieces in SCRIPTS.items():
        text = "".join([first, *pieces])
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        for now, following in pairwise(ids):
            assert found.setdefault(now, following) == following, tokenizer.decode([now])
    return found


def _tokenizer() -> PreTrainedTokenizerFast:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    pieces = [piece for script in SCRIPTS.values() for piece in script if piece not in (*SPECIAL, WAVE)]
    tokenizer.add_tokens(list(dict.fromkeys(pieces)))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token="<|endoftext|>")
    fast.chat_template = CHAT_TEMPLATE
    return fast
