import typing

import modal

if typing.TYPE_CHECKING:
    from nowhere import app
else:
    app = modal.App("shape")


@app.function()
def f(): ...
