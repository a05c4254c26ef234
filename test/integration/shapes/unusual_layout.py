# -*- coding: utf-8 -*-
"""Docs."""
import modal

app \
    = modal.App(
    # the name
    name="shape",
)


@app.function(
    gpu="T4",  # small
    # none kept
    min_containers=0,
)
def f(
    x: int = 1,  # how many
    *,
    y: str = ("a"),
): ...
