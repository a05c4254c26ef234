"""Functions whose containers end soon, and one whose containers wait for long."""

import modal

app = modal.App("brief")


@app.function(scaledown_window=2)
def soon() -> str:
    return "done"


@app.function(scaledown_window=3600)
def late() -> str:
    return "done"
