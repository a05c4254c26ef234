"""How much one request may ask for."""

from __future__ import annotations

MOST_PROMPTS = 32
MOST_RESULTS = 1000
MOST_NEIGHBOURS = 128
MOST_COMPLETION_TOKENS = 512
MOST_NUMBERS = 8_000_000  # in one answer; as JSON about 160 MB
