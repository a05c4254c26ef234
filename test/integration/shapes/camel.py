import modal

app = modal.App("shape")


@app.function()
def scrape(sourceDict: str = "x"): ...
