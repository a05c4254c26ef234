import modal

app = modal.App("shape")


def route(event, action):
    match event, action:
        case "issues", "opened":
            return 1
        case ("a" | "b") as c, [1, *_] if c:
            return 2


@app.function(gpu="T4")
def f(): ...
