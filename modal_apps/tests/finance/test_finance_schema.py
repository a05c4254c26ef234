"""Made-up requests to the financial analyst."""

from __future__ import annotations

from appkit.auth import KeyChecker
from appkit.jobs import JobBoard
from finance.api import create_app
from finance.settings import FinbertSettings
from finance_backend import LocalBackend
from schema_check import check_api
from support import KEY, listed_routes


def test_every_answer_is_a_documented_one(backend: LocalBackend, jobs: JobBoard) -> None:
    app = create_app(FinbertSettings(), backend, KeyChecker((KEY.encode(),)), jobs=jobs)
    assert check_api(app) == {f"{method} {path}" for method, path in listed_routes("finbert")}
