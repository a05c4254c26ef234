"""Each `app.json` against its schema, and against what the app really has."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from appkit.gpu import parse_gpu_list
from appkit.settings import kind_of, load, rules
from conftest import ROOT, LocalBackend
from fastapi import FastAPI
from finance.api import create_app
from finance.settings import FinbertSettings

FOLDER = ROOT / "finbert"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "app.json").read_text())


def test_the_schema_is_one_and_the_manifests_follow_it() -> None:
    schema = json.loads((ROOT / "schema" / "app.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    manifests = sorted(ROOT.glob("*/app.json"))
    assert FOLDER / "app.json" in manifests
    for path in manifests:
        manifest = json.loads(path.read_text())
        assert [error.message for error in validator.iter_errors(manifest)] == []
        assert manifest["id"] == path.parent.name
        assert (path.parent / manifest["entry"]).is_file()
        broken = {**manifest, "prices": {}}
        assert not validator.is_valid(broken)


def test_settings_say_what_the_app_accepts() -> None:
    known = {rule.env: (name, rule) for name, rule in rules(FinbertSettings).items()}
    defaults = FinbertSettings()
    for entry in MANIFEST["settings"]:
        name, rule = known[entry["env"]]
        kind = "enum" if rule.choices else kind_of(FinbertSettings, name)
        assert entry["type"] == kind, name
        assert entry["default"] == getattr(defaults, name), name
        limits = (
            entry.get("minimum"),
            entry.get("maximum"),
            entry.get("pattern"),
            tuple(entry.get("choices", ())),
        )
        assert limits == (rule.minimum, rule.maximum, rule.pattern, rule.choices), name
    assert MANIFEST["defaultAppName"] == defaults.app_name


def test_every_offered_gpu_can_be_deployed_with_the_defaults() -> None:
    gpu = MANIFEST["gpu"]
    types = [choice["type"] for choice in gpu["choices"]]
    assert gpu["default"] in types
    assert gpu["default"] == FinbertSettings().gpu
    for name in types:
        assert parse_gpu_list(name) == [name]
        assert load(FinbertSettings, {gpu["setting"]: name}).gpus == [name]


def test_secrets_are_those_of_the_settings() -> None:
    [secret] = MANIFEST["secrets"]
    assert (secret["name"], secret["keys"], secret["generate"]) == (
        FinbertSettings().secret,
        ["APP_API_KEY"],
        "api-key",
    )
    [endpoint] = MANIFEST["endpoints"]
    assert endpoint["auth"]["secretName"] == secret["name"]


def test_routes_are_those_of_the_app(backend: LocalBackend) -> None:
    app = create_app(FinbertSettings(), backend, None)
    inner: FastAPI = app.app  # type: ignore[attr-defined]
    documented = {
        (method.upper(), path) for path, methods in inner.openapi()["paths"].items() for method in methods
    }
    listed = {(route["method"], route["path"]) for route in MANIFEST["endpoints"][0]["routes"]}
    assert listed == documented


def filled(value: Any) -> Any:
    """Puts files in, as the extension does."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$file" not in value:
        return {key: filled(item) for key, item in value.items()}
    data = (FOLDER / value["$file"]).read_bytes()
    return base64.b64encode(data).decode() if value["encoding"] == "base64" else data.decode()


def read_path(answer: Any, path: str) -> Any:
    """The extension's notation: `ratios[key=roe].value`, `results[0].label`."""
    for step in path.replace("]", "").replace("[", ".").split("."):
        if "=" in step:
            key, wanted = step.split("=")
            answer = next(item for item in answer if str(item[key]) == wanted)
        else:
            answer = answer[int(step) if isinstance(answer, list) else step]
    return answer


@pytest.mark.parametrize("sample", MANIFEST["samples"], ids=lambda sample: sample["id"])
async def test_samples_answer_as_promised(client: httpx.AsyncClient, sample: dict[str, Any]) -> None:
    routes = {(route["method"], route["path"]) for route in MANIFEST["endpoints"][0]["routes"]}
    assert (sample["method"], sample["path"]) in routes
    body = filled(json.loads((FOLDER / sample["body"]["file"]).read_text()))
    answer = await client.request(sample["method"], sample["path"], json=body)
    assert answer.status_code == sample["expect"]["status"]
    for highlight in sample["expect"]["highlights"]:
        assert read_path(answer.json(), highlight["path"]) is not None, highlight["path"]


def test_the_catalogue_shows_only_what_is_there() -> None:
    assert {path.name for path in Path(FOLDER / "samples").iterdir()} == {
        *("statement.xlsx", "statement.csv", "analyze.json", "ratios.json", "sentiment.json"),
    }
