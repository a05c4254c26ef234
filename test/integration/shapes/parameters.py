import datetime
from typing import Literal, Optional

import modal

app = modal.App("shape")


@app.function()
def f(a: int, b: Optional[str] = None, c: Literal["x", "y"] = "x", d: datetime.datetime | None = None, e: bool = False): ...


@app.function()
def g(*args): ...


@app.function()
def h(**kwargs): ...
