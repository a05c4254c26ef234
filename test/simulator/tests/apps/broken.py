"""Imports on the developer's machine, where the CLI reads it, and fails in its container."""

import modal

app = modal.App("broken")

if not modal.is_local():
    import no_such_package_in_the_container  # noqa: F401


@app.function()
@modal.asgi_app()
def web():
    return None
