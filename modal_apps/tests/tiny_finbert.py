"""
`python tiny_finbert.py FOLDER`: makes a FinBERT of a few hundred kilobytes that knows good news from bad.

It has the architecture and the files of the real one, so the same code loads it. Trained here in a few
seconds, on made sentences and always with the same result; a folder that is complete stays as it is.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import string
from pathlib import Path

import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

SEED = 20
STEPS = 300
BATCH = 32
HIDDEN_WORDS = 0.2
# The order of finbert-tone; ProsusAI/finbert has the other one.
LABELS = ("Neutral", "Positive", "Negative")
OTHER_LABELS = ("positive", "negative", "neutral")

SUBJECTS = ("revenue", "profit", "cash flow", "demand for sensors", "gross margin", "operating income")
GOOD = (
    "grew strongly in the year",
    "improved because of higher prices",
    "reached a record level",
    "rose and beat the forecast",
    "increased in every region",
    "remains strong with new orders",
    "improved with better efficiency in production",
    "reached a record again as we reduced debt from operations",
    "we expect to rise further next year",
)
BAD = (
    "fell sharply in the second quarter",
    "was weak and led to a loss",
    "declined as costs rose sharply",
    "fell with the weak euro on a loss of 2 million dollars",
    "was lower as freight costs rose and margins fell",
    "caused delays for some customers",
    "missed the forecast",
    "dropped because of weak orders and currency losses",
)
PLAIN = (
    "the company opened an office in march",
    "the annual meeting takes place on 14 may",
    "the report covers the fiscal year",
    "the board has nine members",
    "the office is in portland",
    "the company reported stable results for the year",
)
OPENINGS = ("", "in march ", "this year ", "on monday ", "for the company ")


def sentences() -> list[tuple[str, str]]:
    """The made sentences with their label, about 30 of each."""
    good = [(f"{subject} {words}", "positive") for subject, words in itertools.product(SUBJECTS, GOOD)]
    bad = [(f"{subject} {words}", "negative") for subject, words in itertools.product(SUBJECTS, BAD)]
    plain = [(f"{opening}{words}", "neutral") for opening, words in itertools.product(OPENINGS, PLAIN)]
    return good + bad + plain


def make_finbert(folder: Path) -> Path:
    """Trains a checkpoint, unless the folder has one."""
    if (folder / "config.json").exists():
        return folder
    random.seed(SEED)
    torch.manual_seed(SEED)
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    tokenizer = _tokenizer(building)
    model = _train(tokenizer, [label.lower() for label in LABELS])
    model.save_pretrained(building)
    tokenizer.save_pretrained(building)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return folder


def _tokenizer(folder: Path) -> BertTokenizer:
    words = sorted({word for sentence, _ in sentences() for word in sentence.split()})
    signs = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    pieces = [f"##{sign}" for sign in (*string.ascii_lowercase, *string.digits)]
    vocabulary = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs, *pieces, *words])
    path = folder / "vocab.txt"
    path.write_text("\n".join(vocabulary) + "\n")
    BertWordPieceTokenizer(str(path))  # fails here and not in a test when the vocabulary is wrong
    return BertTokenizer.from_pretrained(str(folder))


def _train(tokenizer: BertTokenizer, labels: list[str]) -> BertForSequenceClassification:
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        initializer_range=0.1,  # the usual 0.02 suits wider layers
        hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.0,
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
    )
    model = BertForSequenceClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    texts, names = zip(*sentences(), strict=True)
    batch = tokenizer(list(texts), padding=True, return_tensors="pt")
    targets = torch.tensor([labels.index(name) for name in names])
    for _ in range(STEPS):
        chosen = torch.tensor(random.sample(range(len(texts)), BATCH))
        # Hidden words make it look at all of them, not at one that gives the template away.
        ids, mask = batch["input_ids"][chosen], batch["attention_mask"][chosen]
        hidden = (torch.rand(ids.shape) < HIDDEN_WORDS) & (ids > tokenizer.mask_token_id)
        logits = model(input_ids=ids.masked_fill(hidden, tokenizer.mask_token_id), attention_mask=mask).logits
        loss = torch.nn.functional.cross_entropy(logits, targets[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def relabel(checkpoint: Path, folder: Path, labels: tuple[str, ...]) -> Path:
    """
    Copies a checkpoint with its classes in other places; the answers stay the same for who reads the names.

    Parameters:
        labels: names of the three classes in the order of the new logits.
    """
    shutil.copytree(checkpoint, folder)
    model = BertForSequenceClassification.from_pretrained(str(checkpoint))
    old = [label.lower() for label in LABELS]
    order = torch.tensor([old.index(label.lower()) for label in labels])
    with torch.no_grad():
        model.classifier.weight.copy_(model.classifier.weight[order])
        model.classifier.bias.copy_(model.classifier.bias[order])
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {label: index for index, label in enumerate(labels)}
    model.save_pretrained(folder)
    return folder


def main() -> None:
    """Makes the model and prints its folder."""
    parser = argparse.ArgumentParser(description="Makes a tiny FinBERT for tests and the demo.")
    parser.add_argument("folder", type=Path)
    print(make_finbert(parser.parse_args().folder.resolve()))


if __name__ == "__main__":
    main()
