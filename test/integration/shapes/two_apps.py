import modal

web = modal.App("web")
jobs = modal.App("jobs")


@web.function()
def f(): ...


@jobs.function(gpu="L4")
def g(): ...


@jobs.local_entrypoint()
def main(): ...
