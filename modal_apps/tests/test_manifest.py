"""Each `app.json` against its schema, and against what the app really has."""

from __future__ import annotations

import json

import jsonschema
import pytest
from appkit.gpu import parse_gpu_list
from appkit.settings import kind_of, load, rules
from catalogue import KNOWN
from support import APPS, ROOT, read_manifest
from write_settings import entries, formatted, table, with_table

SCHEMA = json.loads((ROOT / "schema" / "app.schema.json").read_text())


def test_all_five_are_there() -> None:
    assert sorted(KNOWN) == APPS == ["documents", "embeddings", "finbert", "interp", "vllm"]


@pytest.mark.parametrize("app", APPS)
def test_manifests_follow_the_schema(app: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    manifest = read_manifest(app)
    assert [error.message for error in validator.iter_errors(manifest)] == []
    assert manifest["id"] == app
    assert (ROOT / app / manifest["entry"]).is_file()
    assert not validator.is_valid({**manifest, "prices": {}})


@pytest.mark.parametrize("app", APPS)
def test_settings_say_what_the_app_accepts(app: str) -> None:
    cls = KNOWN[app].settings
    known = {rule.env: (name, rule) for name, rule in rules(cls).items()}
    defaults = cls()
    manifest = read_manifest(app)
    for entry in manifest["settings"]:
        name, rule = known[entry["env"]]
        assert entry["type"] == ("enum" if rule.choices else kind_of(cls, name)), name
        assert entry["default"] == getattr(defaults, name), name
        choices = tuple(entry.get("choices", ()))
        limits = (entry.get("minimum"), entry.get("maximum"), entry.get("pattern"), choices)
        assert limits == (rule.minimum, rule.maximum, rule.pattern, rule.choices), name
    assert manifest["defaultAppName"] == defaults.app_name


@pytest.mark.parametrize("app", APPS)
def test_the_manifest_has_every_setting(app: str) -> None:
    manifest = read_manifest(app)
    named = [each["env"] for each in manifest["settings"]] + [manifest["gpu"]["setting"]]
    assert sorted(named) == sorted(rule.env for rule in rules(KNOWN[app].settings).values())


@pytest.mark.parametrize("app", APPS)
def test_the_readme_tells_of_every_setting_and_its_default(app: str) -> None:
    readme = (ROOT / app / "README.md").read_text()
    assert readme == with_table(readme, table(read_manifest(app))), "run tests/write_settings.py"
    for name, rule in rules(KNOWN[app].settings).items():
        [row] = [line for line in readme.splitlines() if line.startswith(f"| `{rule.env}` |")]
        default = getattr(KNOWN[app].settings(), name)
        shown = row.split("|")[2].strip().strip("`")
        assert load(KNOWN[app].settings, {rule.env: shown} if shown else {}) == KNOWN[app].settings(), default


@pytest.mark.parametrize("app", APPS)
def test_the_words_and_limits_of_the_manifest_are_those_of_the_settings(app: str) -> None:
    path = ROOT / app / "app.json"
    manifest = read_manifest(app)
    written = entries(KNOWN[app].settings, manifest["settings"])
    assert manifest["settings"] == written, "run tests/write_settings.py"
    assert path.read_text() == formatted(manifest)


@pytest.mark.parametrize("app", APPS)
def test_every_offered_gpu_can_be_deployed_with_the_defaults(app: str) -> None:
    gpu = read_manifest(app)["gpu"]
    types = [choice["type"] for choice in gpu["choices"]]
    assert gpu["default"] in types
    assert gpu["default"] == KNOWN[app].settings().gpu
    for name in types:
        assert parse_gpu_list(name) == [name]
        assert load(KNOWN[app].settings, {gpu["setting"]: name}).gpus == [name]


# GB of one card, as Modal sells them.
CARD_GB = {
    "T4": 16,
    "L4": 24,
    "A10": 24,
    "A100-40GB": 40,
    "L40S": 48,
    "A100-80GB": 80,
    "H100": 80,
    "H200": 141,
}


@pytest.mark.parametrize("app", APPS)
def test_every_offered_gpu_has_the_memory_that_is_needed(app: str) -> None:
    gpu = read_manifest(app)["gpu"]
    for choice in gpu["choices"]:
        name, _, count = choice["type"].partition(":")
        assert CARD_GB[name] * int(count or 1) >= gpu["memoryGb"], choice


@pytest.mark.parametrize("app", APPS)
def test_keys_are_those_of_the_settings(app: str) -> None:
    manifest, defaults = read_manifest(app), KNOWN[app].settings()
    made = {secret["name"]: secret for secret in manifest["secrets"] if secret["generate"]}
    for endpoint in manifest["endpoints"]:
        if endpoint["auth"] is None:
            continue
        secret = made[endpoint["auth"]["secretName"]]
        if defaults.auth == "key":
            assert (secret["name"], secret["keys"], secret["generate"]) == (
                defaults.secret,
                ["APP_API_KEY"],
                "api-key",
            )
        else:
            assert (defaults.auth, secret["generate"]) == ("proxy", "proxy-token")
            assert (endpoint["auth"]["header"], endpoint["auth"]["scheme"]) == ("Authorization", "Bearer")


@pytest.mark.parametrize("app", APPS)
def test_samples_name_files_and_endpoints_that_are_there(app: str) -> None:
    manifest = read_manifest(app)
    endpoints = {endpoint["function"]: endpoint for endpoint in manifest["endpoints"]}
    named = set()
    assert len(manifest["samples"]) >= 3
    for sample in manifest["samples"]:
        routes = {(route["method"], route["path"]) for route in endpoints[sample["function"]]["routes"]}
        assert (sample["method"], sample["path"]) in routes
        assert sample["expect"]["description"]
        if "body" in sample:
            text = (ROOT / app / sample["body"]["file"]).read_text()
            named |= {sample["body"]["file"], *_files(json.loads(text))}
    present = {f"samples/{path.name}" for path in (ROOT / app / "samples").iterdir()}
    assert named == present


def _files(value: object) -> set[str]:
    if isinstance(value, list):
        return {name for item in value for name in _files(item)}
    if not isinstance(value, dict):
        return set()
    if "$file" in value:
        return {value["$file"]}
    return {name for item in value.values() for name in _files(item)}
