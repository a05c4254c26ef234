import modal


def helper(app: modal.App): ...
