import socket

import modal

app = modal.App("shape-" + socket.gethostname()[:1].lower())


@app.function()
def f(): ...
