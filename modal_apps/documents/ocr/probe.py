"""A page with one word that wakes a worker."""

from __future__ import annotations

from PIL import Image, ImageDraw


def probe_page() -> Image.Image:
    """RGB, of the smallest size that the model takes."""
    page = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(page).text((96, 120), "ready", "black")
    return page
