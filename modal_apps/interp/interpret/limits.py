"""How much one request may ask for."""

from __future__ import annotations

MOST_PROMPTS = 32
MOST_RESULTS = 1000
MOST_NEIGHBOURS = 128
MOST_COMPLETION_TOKENS = 512
MOST_NUMBERS = 8_000_000  # in one response; as JSON about 160 MB
MOST_POSITIONS = 8192  # tokens of the longest prompt that a deployment can be set to take
MOST_SOURCES = 1024
MOST_LAYERS = 1024
MOST_MESSAGES = 256
MOST_STRENGTH = 1e6  # also of the numbers of a vector
MOST_STREAMED = (
    1_000_000  # logprobs in all events of a stream, each of which repeats those before; about 60 MB
)
LOWEST_TEMPERATURE = 1e-3
MOST_LENS_RESULTS = 100
