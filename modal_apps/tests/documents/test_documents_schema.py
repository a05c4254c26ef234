"""Made-up requests to the document reader."""

from __future__ import annotations

from appkit.auth import KeyChecker
from appkit.jobs import JobBoard
from document_files import LocalBackend
from ocr.api import create_app
from ocr.settings import DocumentsSettings
from schema_check import check_api
from support import KEY, listed_routes


def test_every_answer_is_a_documented_one(
    backend: LocalBackend, board: JobBoard, settings: DocumentsSettings
) -> None:
    app = create_app(settings, backend, board, KeyChecker((KEY.encode(),)))
    assert check_api(app) == {f"{method} {path}" for method, path in listed_routes("documents")}
