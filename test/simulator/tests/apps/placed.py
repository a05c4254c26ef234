"""Code that finds its volumes and files by the paths that it names."""

from pathlib import Path

import modal

app = modal.App("placed")
files = Path(__file__).parent / "placed_files"
data = modal.Volume.from_name("placed-data", create_if_missing=True)
inner = modal.Volume.from_name("placed-inner", create_if_missing=True)
image = (
    modal.Image.debian_slim(python_version="3.11")
    .add_local_dir(files, "/assets/copied", copy=True)
    .add_local_file(files / "plain.txt", "/etc/placed/plain.conf", copy=True)
    .workdir("/srv/work")
    .add_local_dir(files, "/opt/placed/run")
    .add_local_file(files / "tool.sh", "/usr/local/bin/placed-tool")
    .add_local_dir(files, "/root/beside")
)


@app.function(image=image, volumes={"/data": data})
def append(line: str) -> None:
    with open("/data/log.txt", "a") as file:
        file.write(line + "\n")


@app.function(image=image, volumes={"/data": data})
def answer(code: str):
    """Evaluates an expression in a container."""
    return eval(code, {"os": __import__("os"), "run": run, "data": data})


@app.function(image=image, volumes={"/data": data, "/data/inner": inner})
def nested(code: str):
    return eval(code, {"os": __import__("os"), "run": run})


@app.function(
    image=image,
    volumes={
        "/no/such/parent/data": data.with_mount_options(sub_path="part"),
        "/usr/share/placed": inner.with_mount_options(read_only=True),
    },
)
def options(code: str):
    return eval(code, {"os": __import__("os"), "run": run})


@app.function(image=image, min_containers=1, volumes={"/data": data})
def kept() -> str:
    Path("/tmp/mark").write_text("mark")
    return "marked"


def run(command: str) -> str:
    import subprocess

    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout
