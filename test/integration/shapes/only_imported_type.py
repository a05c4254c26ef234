from modal import App


def helper(app: App): ...
