"""A view made by bubblewrap, where the system keeps namespaces from others."""

from __future__ import annotations

from .plan import Plan


def arguments(program: str, plan: Plan, folder: str) -> list[str]:
    """Returns the words that go before a command: it runs in the folder, in a view of its own."""
    words = [program, "--die-with-parent", "--bind", str(plan.root), "/"]
    for bind in plan.binds:
        words += ["--ro-bind" if bind.read_only else "--dev-bind", str(bind.source), bind.path]
    return [*words, "--tmpfs", "/dev/shm", "--chdir", folder, "--"]
