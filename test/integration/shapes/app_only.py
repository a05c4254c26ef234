import modal

app = modal.App("shape")
