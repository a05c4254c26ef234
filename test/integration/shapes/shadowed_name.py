import modal
from modal import App

real = modal.App("real")


def App(name):
    return name


fake = App("fake")


@real.function()
def f(): ...
