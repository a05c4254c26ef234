"""
`python write_settings.py`: brings the settings in each `app.json` and the table in each README up to the classes.

What a setting is called and does is written by hand in `app.json`, or for those that all apps have in
`common_settings.json`; types, defaults and limits come from the class. The README's table stands between two comments.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# Before the folders of tests beside this file, which have the same names.
sys.path[:0] = [str(ROOT), *(str(path.parent) for path in ROOT.glob("*/app.py"))]

from appkit.settings import Rule, Settings, kind_of, rules  # noqa: E402

COMMON: dict[str, dict[str, str]] = json.loads((HERE / "common_settings.json").read_text())
BEGIN, END = "<!-- settings: made by tests/write_settings.py -->", "<!-- end of settings -->"


def entry(cls: type[Settings], name: str, rule: Rule, words: dict[str, str]) -> dict[str, Any]:
    """A setting as `app.json` has it."""
    made: dict[str, Any] = {"env": rule.env, "title": words["title"], "description": words["description"]}
    made["type"] = "enum" if rule.choices else kind_of(cls, name)
    made["default"] = getattr(cls(), name)
    limits = {"minimum": rule.minimum, "maximum": rule.maximum, "pattern": rule.pattern}
    made |= {key: value for key, value in limits.items() if value is not None}
    return made | ({"choices": list(rule.choices)} if rule.choices else {})


def entries(cls: type[Settings], written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    All settings of a class but the GPU, for which `app.json` has a place of its own: those that are written keep their
    order, the others follow.

    Raises:
        KeyError: a setting that nobody has described.
    """
    known = {rule.env: (name, rule) for name, rule in rules(cls).items() if rule.env != "APP_GPU"}
    words = {**COMMON, **{each["env"]: each for each in written}}
    order = [each["env"] for each in written if each["env"] in known]
    return [entry(cls, *known[env], words[env]) for env in dict.fromkeys([*order, *known])]


def table(manifest: dict[str, Any]) -> str:
    """The README's table, of every setting with its default."""
    gpu = manifest["gpu"]
    lines = ["| Setting | Default | |", "| --- | --- | --- |"]
    lines.append(
        f"| `{gpu['setting']}` | `{gpu['default']}` | GPU, such as `L4`, `A100-80GB:2`, `L4,T4` or `none` |"
    )
    for each in manifest["settings"]:
        lines.append(f"| `{each['env']}` | {_default(each['default'])} | {each['description']} |")
    return "\n".join(lines)


def _default(value: object) -> str:
    if value == "":
        return ""
    text = (
        str(int(value))
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return f"`{text}`"


def with_table(readme: str, made: str) -> str:
    """The README with the table between its comments."""
    start, end = readme.index(BEGIN) + len(BEGIN), readme.index(END)
    return f"{readme[:start]}\n\n{made}\n\n{readme[end:]}"


def main() -> None:
    """Writes what has changed."""
    from catalogue import KNOWN

    for app, known in KNOWN.items():
        path = ROOT / app / "app.json"
        manifest = json.loads(path.read_text())
        manifest["settings"] = entries(known.settings, manifest["settings"])
        path.write_text(formatted(manifest))
        readme = ROOT / app / "README.md"
        readme.write_text(with_table(readme.read_text(), table(manifest)))


def formatted(manifest: dict[str, Any]) -> str:
    """As prettier has it: lists of short values on one line."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False)

    def joined(match: re.Match[str]) -> str:
        line = "[" + ", ".join(part.strip() for part in match[1].strip().split(",\n")) + "]"
        before = text.rfind("\n", 0, match.start()) + 1
        return line if match.start() - before + len(line) <= 108 else match[0]

    return re.sub(r'\[\n((?:\s*"[^"\n]*",?\n)+)\s*\]', joined, text) + "\n"


if __name__ == "__main__":
    main()
