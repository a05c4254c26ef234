"""The page reads what was uploaded to it, and no other file of its machine: asked over HTTP in every way it takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from appkit.auth import KeyChecker
from finance import files, page, requests
from finance.api import create_app
from finance.settings import FinbertSettings
from finance.ui import mount_page
from finance.uploaded import NotUploaded, read_upload
from served import served
from support import KEY

CHECKER = KeyChecker((KEY.encode(),))
SECRET = "Item,FY2024,FY2023\nRevenue,471147,471146\nNet income,4711,4712\n"


class NoBackend:
    """No file of these tests may come as far as the model."""

    async def score(self, texts: list[str]) -> Any:
        raise AssertionError("the model was asked")

    async def runners(self) -> int:
        return 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where uploads lie."""
    folder = tmp_path_factory.mktemp("page") / "uploads"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    """Somebody who is logged in."""
    api = create_app(FinbertSettings(), NoBackend(), CHECKER)
    with (
        served(mount_page(api, KEY, CHECKER)) as url,
        httpx.Client(base_url=f"{url}/ui", timeout=60) as client,
    ):
        answer = client.post("/login", data={"username": "a", "password": KEY})
        client.cookies.clear()  # it would keep back those for TLS
        pairs = [one.partition(";")[0] for one in answer.headers.get_list("set-cookie")]
        client.headers["Cookie"] = "; ".join(pairs)
        yield client


def file(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


def call(client: httpx.Client, data: list[Any]) -> str:
    event = client.post("/gradio_api/call/analyze", json={"data": data}).json()["event_id"]
    return until(client, f"/gradio_api/call/analyze/{event}", "event: complete", "event: error")


def join(client: httpx.Client, data: list[Any]) -> str:
    body = {"data": data, "fn_index": 0, "session_hash": "s", "event_data": None, "trigger_id": None}
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200
    return until(client, "/gradio_api/queue/data?session_hash=s", "process_completed")


def run(client: httpx.Client, data: list[Any]) -> str:
    return client.post("/gradio_api/run/analyze", json={"data": data}).text


def until(client: httpx.Client, path: str, *ends: str) -> str:
    text = ""
    with client.stream("GET", path) as answer:
        for part in answer.iter_text():
            text += part
            if any(end in text for end in ends):
                break
    return text


def upload(client: httpx.Client, name: str, data: bytes) -> str:
    return client.post("/gradio_api/upload", files={"files": (name, data)}).json()[0]


@pytest.fixture(scope="module")
def mine(client: httpx.Client, folder: Path) -> Path:
    """A file that was uploaded, among what nobody can upload but another program on a laptop can put there."""
    secret = folder.parent / "secret.csv"
    secret.write_text(SECRET)
    path = Path(upload(client, "mine.csv", b"Item,FY2024\nRevenue,1\n"))
    (folder / "link.csv").symlink_to(secret)
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "outside").symlink_to(folder.parent)
    os.mkfifo(folder / "pipe.csv")
    return path


PATHS = [
    "/etc/passwd",
    "/proc/self/environ",
    "/dev/zero",
    "{folder}/../secret.csv",
    "{mine}/../../../secret.csv",
    "/proc/self/root{folder}/../secret.csv",
    "{folder}/link.csv",
    "{folder}/zero.csv",
    "{folder}/pipe.csv",
    "{folder}/outside/secret.csv",
    "{folder}/..",
    "{folder}",
    "file:///etc/passwd",
    "https://example.org/a.csv",
    "http://127.0.0.1:1/a.csv",
    "",
    "\0",
    "a" * 5000,
]


@pytest.mark.parametrize("shape", PATHS, ids=lambda shape: repr(shape[:30]))
def test_no_other_file_is_read_in_any_way_and_none_without_end(
    client: httpx.Client, folder: Path, mine: Path, shape: str
) -> None:
    path = shape.format(folder=folder, mine=mine)
    # Alone, beside a good one, and in the place of the question.
    for data in ([[file(path)], "q"], [[file(str(mine)), file(path)], "q"], [[file(str(mine))], file(path)]):
        assert "event: error" in call(client, data)
    for ask in (join, run):
        text = ask(client, [[file(path, url=path, orig_name="a.csv", size=1)], "q"])
        assert not [word for word in ("root:x:", "471", "PATH=", "Profitability") if word in text]
    # What gradio would copy lies in the folder.
    assert [one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()] == [mine]


def test_what_was_uploaded_is_read(client: httpx.Client) -> None:
    path = upload(client, "empty.csv", b" ")
    for ask in (call, join):
        assert "empty" in ask(client, [[file(path)], "ratios"])


def test_too_many_files_are_refused_before_they_are_read(client: httpx.Client) -> None:
    path = upload(client, "a.csv", b"Item,FY2024\nRevenue,1\n")
    assert f"at most {page.MOST_FILES} statements" in call(
        client, [[file(path)] * (page.MOST_FILES + 1), "q"]
    )


def test_the_page_has_the_limits_of_the_api() -> None:
    most = requests.AnalyzeIn.model_fields["files"].metadata
    assert page.MOST_FILES in [getattr(one, "max_length", None) for one in most]
    assert page.MOST_FILE_BYTES == files.MOST_FILE_BYTES
    assert page.MOST_TOTAL_BYTES == files.MOST_TOTAL_BYTES


def test_a_file_that_grew_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    assert read_upload(str(tmp_path / "a"), str(tmp_path), 11) == b"x" * 11
    with pytest.raises(NotUploaded):
        read_upload(str(tmp_path / "a"), str(tmp_path), 10)
