"""
`python tiny_qwen3_vl.py FOLDER`: makes a Qwen3-VL of under five megabytes that can read ten pictures.

It has the architecture and the files of the real one, so the same code loads it. It knows eight pictures of
one word each and the two sample documents by heart, and nothing else. Trained here in under a minute,
always with the same result; a folder that is complete stays as it is.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2VLImageProcessorPil,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)

TESTS = Path(__file__).resolve().parent
DOCUMENTS = TESTS.parent / "documents"
sys.path[:0] = [str(TESTS.parent), str(DOCUMENTS), str(TESTS / "documents")]

import make_document_samples as samples  # noqa: E402
from ocr.documents import open_document, render  # noqa: E402
from ocr.preprocess import prepare  # noqa: E402
from ocr.prompts import built_in, prompt_for  # noqa: E402
from ocr.reading import Format, ReadOptions  # noqa: E402

SEED = 11
STEPS = 120
VOCABULARY = 400
WORD_SIZE = (256, 256)
INVOICE_PIXELS = 524_288  # as in the sample request
WORDS = ("invoice", "receipt", "total", "amount", "letter", "report", "number", "paper")
END = "<|im_end|>"
SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    END,
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' or 'image_url' in part %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PAGE_TEXT = f"# {samples.TITLE}\n\n" + "\n\n".join(samples.LINES)
PAGE_JSON = {"title": samples.TITLE, "company": samples.LINES[0], "date": "14 May 2026"}
INVOICE_TEXT = "\n".join(" ".join(text.split()) for text, *_ in samples.INVOICE)


@dataclass(frozen=True)
class Lesson:
    """A picture, an instruction and the right answer."""

    image: Image.Image
    prompt: str
    answer: str


def word_image(word: str) -> Image.Image:
    """A picture of one word, of the smallest size that is not resized."""
    image = Image.new("RGB", WORD_SIZE, "white")
    ImageDraw.Draw(image).text((20, 100), word, "black", ImageFont.load_default(56))
    return image


def lessons() -> list[Lesson]:
    """What the model learns: each picture with the instructions that the tests and the samples use."""
    schema = json.loads((DOCUMENTS / "samples" / "extract-json.json").read_text())["schema"]
    known = [
        Lesson(word_image(word), _instruction(form), word) for form in ("markdown", "text") for word in WORDS
    ]
    page, invoice = samples.page(), open_document("invoice.pdf", samples.invoice())
    invoice_page = prepare(render(invoice, 1, 150, INVOICE_PIXELS).image, INVOICE_PIXELS)
    as_json = json.dumps(PAGE_JSON)
    return [
        *known,
        Lesson(page, _instruction("markdown"), PAGE_TEXT),
        Lesson(page, _instruction("json", schema), as_json),
        Lesson(Image.open(io.BytesIO(invoice_page.png)), _instruction("text"), INVOICE_TEXT),
    ]


def _instruction(form: Format, schema: object = None) -> str:
    options = ReadOptions(format=form, schema=schema, prompt="", language="", max_tokens=1, temperature=0.0)
    return prompt_for(options)


def make_qwen3_vl(folder: Path) -> Path:
    """Trains the checkpoint, unless the folder has one."""
    if (folder / "config.json").exists():
        return folder
    random.seed(SEED)
    torch.manual_seed(SEED)
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    tokenizer, processor = _tokenizer(), _processor()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # two that wait for each other are far slower on a busy machine
    try:
        _train(tokenizer, processor).save_pretrained(building)
    finally:
        torch.set_num_threads(threads)
    tokenizer.save_pretrained(building)
    processor.save_pretrained(building)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return folder


def _processor() -> Qwen2VLImageProcessorPil:
    return Qwen2VLImageProcessorPil(
        patch_size=16,
        temporal_patch_size=2,
        merge_size=2,
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
        size={"shortest_edge": 65_536, "longest_edge": 16_777_216},
    )


def _tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = [*built_in().values(), *WORDS, PAGE_TEXT, INVOICE_TEXT, "user\n", "assistant\n"]
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_special_tokens(list(SPECIAL))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token="<|endoftext|>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


def _config(tokenizer: PreTrainedTokenizerFast) -> Qwen3VLConfig:
    ids = {name: tokenizer.convert_tokens_to_ids(name) for name in SPECIAL}
    return Qwen3VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 64,  # the least for which vLLM has attention on a CPU
            "max_position_embeddings": 32_768,
            "initializer_range": 0.1,  # the usual 0.02 suits wider layers
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10_000.0,
                "mrope_section": [12, 10, 10],
                "mrope_interleaved": True,
            },
            "pad_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids[END],
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": 64,
            "num_position_embeddings": 256,
            "deepstack_visual_indexes": [0],
            "initializer_range": 0.1,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
        dtype="float32",
    )


def _train(
    tokenizer: PreTrainedTokenizerFast, processor: Qwen2VLImageProcessorPil
) -> Qwen3VLForConditionalGeneration:
    config = _config(tokenizer)
    model = Qwen3VLForConditionalGeneration(config).train()
    model.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids(END)
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    every = lessons()
    words, pages = len(WORDS), every[2 * len(WORDS) :]
    batches = [
        _batch(every[:words], tokenizer, processor),
        _batch(every[words : 2 * words], tokenizer, processor),
    ]
    batches += [_batch([lesson], tokenizer, processor) for lesson in pages]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=STEPS)
    for step in range(STEPS):
        optimizer.zero_grad()
        for batch in batches if step % 2 else batches[:2]:  # the large pages take longest
            model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return model.eval()


def _batch(
    lessons: list[Lesson], tokenizer: PreTrainedTokenizerFast, processor: Qwen2VLImageProcessorPil
) -> dict[str, torch.Tensor]:
    """Inputs and labels; only the answer is learnt. All pictures of a batch have one size."""
    pixels = processor([lesson.image for lesson in lessons], return_tensors="pt")
    image_id = tokenizer.convert_tokens_to_ids("<|image_pad|>")
    rows = []
    for lesson, grid in zip(lessons, pixels["image_grid_thw"], strict=True):
        content = [{"type": "image"}, {"type": "text", "text": lesson.prompt}]
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
        )
        text = text.replace("<|image_pad|>", "<|image_pad|>" * int(grid.prod() // 4))
        rows.append((tokenizer(text)["input_ids"], tokenizer(lesson.answer + END)["input_ids"]))
    width = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.full((len(rows), width), tokenizer.pad_token_id)
    labels, mask = torch.full_like(ids, -100), torch.zeros_like(ids)
    for row, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[row, :end], mask[row, :end] = torch.tensor(prompt + answer), 1
        labels[row, len(prompt) : end] = torch.tensor(answer)
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "labels": labels,
        "mm_token_type_ids": (ids == image_id).long(),
        "pixel_values": pixels["pixel_values"],
        "image_grid_thw": pixels["image_grid_thw"],
    }


def main() -> None:
    """Makes the model and prints its folder."""
    parser = argparse.ArgumentParser(description="Makes a tiny Qwen3-VL for tests and the demo.")
    parser.add_argument("folder", type=Path)
    print(make_qwen3_vl(parser.parse_args().folder.resolve()))


if __name__ == "__main__":
    main()
