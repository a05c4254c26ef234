"""GPU names that Modal sells, as it spells them, and what they cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TYPES = (
    "T4",
    "L4",
    "A10",
    "L40S",
    "A100",
    "A100-40GB",
    "A100-80GB",
    "RTX-PRO-6000",
    "H100",
    "H100!",
    "H200",
    "B200",
    "B200+",
    "B300",
)
SPELLINGS = {"A10G": "A10"}
SAME_PRICE = {"A100": "A100-40GB", "H100!": "H100", "B200+": "B200"}
# CUDA of torch and vLLM in the locks; the cards that need a newer one, as Modal's GPU page says.
IMAGE_CUDA = (13, 0)
NEEDS_CUDA = {"B300": (13, 1)}
# Modal's page on regions names `us` as broad and `us-west` as narrow.
BROAD_REGIONS = ("us", "eu", "ap")
BROAD_FACTOR = 1.5
NARROW_FACTOR = 1.75
MOST_CARDS = 8
MOST_A10_CARDS = 4


@dataclass(frozen=True)
class Prices:
    """USD per hour for one card of a type, with the date on which they were seen."""

    as_of: str
    gpu_usd_per_hour: dict[str, float]


@cache
def prices() -> Prices:
    """The dated table that ships with the apps."""
    table = json.loads(Path(__file__).with_name("prices.json").read_text())
    return Prices(table["as_of"], table["gpu_usd_per_hour"])


def parse_gpu_list(text: str) -> list[str]:
    """
    Reads `none` or a comma list such as `A10,L4` or `A100-80GB:2`, most wanted first.

    Raises:
        ValueError: a type or a number of cards that Modal does not offer.
    """
    if text.strip().lower() == "none":
        return []
    return [_parse_gpu(part) for part in text.split(",")]


def _parse_gpu(text: str) -> str:
    name, _, count = text.strip().upper().partition(":")
    name = SPELLINGS.get(name, name)
    if name not in TYPES:
        raise ValueError(
            f"Modal does not offer the GPU {text.strip()}. Choose from: none, {', '.join(TYPES)}"
        )
    most = MOST_A10_CARDS if name == "A10" else MOST_CARDS
    if count and not (count.isdecimal() and 1 <= int(count) <= most):
        raise ValueError(f"{name} comes in 1 to {most} cards, not {count}")
    return name if count in ("", "1") else f"{name}:{count}"


def respelled(text: str) -> list[str]:
    """One line for each GPU that goes by another name at Modal."""
    asked = [part.strip().upper().partition(":")[0] for part in text.split(",")]
    return [f"{name} is called {SPELLINGS[name]} here." for name in asked if name in SPELLINGS]


def usd_per_hour(gpus: list[str], region: str = "") -> float:
    """
    What one container costs for its GPU, in USD per hour: the dearest of the choices; 0 without one.

    Parameters:
        region: where containers must run; Modal charges more for a choice, and most for a narrow one.
    """
    return max((_usd_per_hour(gpu) for gpu in gpus), default=0.0) * region_factor(region)


def region_factor(region: str) -> float:
    """By what Modal multiplies its prices for a region; one that is not known to be broad counts as narrow."""
    if not region:
        return 1.0
    return BROAD_FACTOR if region in BROAD_REGIONS else NARROW_FACTOR


def cuda_problem(gpus: list[str]) -> str | None:
    """Why a card cannot work with the CUDA of the images, else None."""
    for gpu in gpus:
        name = gpu.partition(":")[0]
        if NEEDS_CUDA.get(name, IMAGE_CUDA) > IMAGE_CUDA:
            needed, have = (".".join(map(str, version)) for version in (NEEDS_CUDA[name], IMAGE_CUDA))
            return f"APP_GPU={gpu}: Modal says that {name} needs CUDA {needed}, and the images of this app have {have}"
    return None


def _usd_per_hour(gpu: str) -> float:
    name, _, count = gpu.partition(":")
    return prices().gpu_usd_per_hour[SAME_PRICE.get(name, name)] * int(count or 1)
