"""
JSON: `{period: {item: number}}`, and what the interfaces of data vendors answer, however deep it stands: lists of
records, records by date, and lists or objects of single figures with a label.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .grid import Cell, FileError, Grid
from .parse_text import check_size
from .period_headings import parse_heading

DEEPEST = 10  # levels
MOST_GRIDS = 100

_DATE_KEY = re.compile(
    r"(?:fiscal|report|period|end|as.?of)?.?(?:date|end|period|day)(?:.?(?:ending|end|date))?", re.IGNORECASE
)
_START_KEY = re.compile(r"(?:period|fiscal)?.?start.?(?:date|period)?", re.IGNORECASE)
_LABELS = ("label", "name", "concept", "tag", "item")
# The words of a path that say which statement it is, and how long its periods are.
_STATEMENTS = (
    (re.compile(r"balance|^bs$|position", re.IGNORECASE), "Balance sheet"),
    (re.compile(r"cash|^cf$", re.IGNORECASE), "Cash flow statement"),
    (re.compile(r"income|^ic$|^is$|profit|earnings", re.IGNORECASE), "Income statement"),
)
_LENGTHS = (
    (re.compile(r"quarter|^q[1-4]$", re.IGNORECASE), "3 months ended"),
    (re.compile(r"annual|year|^fy$", re.IGNORECASE), "12 months ended"),
)
_LENGTH_KEYS = ("period", "fiscal_period", "fiscalPeriod", "timeframe", "quarter", "form")

Path = tuple[str, ...]
Object = dict[str, Any]


@dataclass(frozen=True)
class _Facts:
    """Single figures with their labels, of one period of one statement."""

    sheet: str
    heading: str
    figures: Object


def parse_json(name: str, text: str) -> list[Grid]:
    """
    Raises:
        FileError: `unexpected_json` for what holds no figures by period, or as `parse_csv`.
    """
    shape = FileError("unexpected_json", 'The JSON must look like {"FY2024": {"revenue": 1200, ...}, ...}.')
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError("unexpected_json", f"The JSON is malformed in line {error.lineno}.") from error
    except (RecursionError, ValueError) as error:  # a number of thousands of digits
        raise shape from error
    grids: list[Grid] = []
    facts: dict[str, list[_Facts]] = {}
    for found in _walk(name, content, (), ""):
        if isinstance(found, Grid):
            grids.append(found)
        else:
            facts.setdefault(found.sheet, []).append(found)
    grids += [_by_period(name, sheet, group) for sheet, group in facts.items()]
    if not grids:
        raise shape
    if len(grids) > MOST_GRIDS:
        raise FileError("too_many_tables", f"The JSON holds more than {MOST_GRIDS} tables; so many are read.")
    return grids


def _walk(name: str, value: object, path: Path, heading: str) -> Iterator[Grid | _Facts]:
    """What stands in a value and below it; `heading` is of the record that it is a part of."""
    if len(path) > DEEPEST:
        return
    if isinstance(value, list):
        records = [one for one in value if isinstance(one, dict)]
        if not records or len(records) < len(value):
            return
        if all(_is_figure(one) for one in records):
            yield _Facts(_sheet(path), heading, {_label(one): one["value"] for one in records})
            return
        yield from _records(name, records, path)
    elif isinstance(value, dict):
        yield from _object(name, value, path, heading)


def _object(name: str, value: Object, path: Path, heading: str) -> Iterator[Grid | _Facts]:
    inner = [one for one in value.values() if isinstance(one, dict)]
    if inner and len(inner) == len(value):
        if all(_is_figure(one) for one in inner):
            yield _Facts(
                _sheet(path), heading, {_label(one, key): one["value"] for key, one in value.items()}
            )
            return
        if all(_has_numbers_only(one) for one in inner) and (grid := _table(name, path, value)):
            yield grid
            return
        if all(_is_period(key) or key.isdecimal() for key in value):
            yield from _records(name, [_dated(key, one) for key, one in value.items()], path)
            return
    for key, one in value.items():
        if isinstance(one, dict | list):
            yield from _walk(name, one, (*path, str(key)), heading)


def _records(name: str, records: list[Object], path: Path) -> Iterator[Grid | _Facts]:
    """Objects with the same keys: their own figures as rows below those keys, and what stands below them."""
    keys = list(dict.fromkeys(str(key) for record in records for key in record))
    flat = [key for key in keys if any(_is_plain(record.get(key)) for record in records)]
    check_size(len(records) + 1, len(flat), (len(records) + 1) * len(flat))
    if any(_is_amount(record.get(key)) for record in records for key in flat):
        rows: list[list[Cell]] = [list(flat)]
        for record in records:
            rows.append([_cell(record, key, path) for key in flat])
        yield Grid(name, _sheet(path) or None, rows, named=True)
    for record in records:
        heading = _heading_of(record, path)
        for key, one in record.items():
            if isinstance(one, dict | list):
                yield from _walk(name, one, (*path, str(key)), heading)


def _cell(record: Object, key: str, path: Path) -> Cell:
    value = record.get(key)
    if not _is_plain(value):
        return None
    if _DATE_KEY.fullmatch(key) and isinstance(value, str) and _is_day(value) and (length := _length(path)):
        return f"{length} {value}"
    return value


def _table(name: str, path: Path, value: Object) -> Grid | None:
    """`{period: {item: number}}` or the other way round."""
    inner = dict.fromkeys(label for items in value.values() for label in items)
    check_size(len(inner) + 1, len(value) + 1, (len(inner) + 1) * (len(value) + 1))
    periods = value if any(_is_period(key) for key in value) else _turned(value)
    if not any(_is_period(key) for key in periods):
        return None
    labels = list(dict.fromkeys(label for items in periods.values() for label in items))
    rows: list[list[Cell]] = [["", *periods]]
    rows += [[label.replace("_", " "), *(items.get(label) for items in periods.values())] for label in labels]
    return Grid(name, _sheet(path) or None, rows, named=True)


def _turned(content: Object) -> Object:
    """Items of periods to periods of items."""
    inner = list(dict.fromkeys(key for items in content.values() for key in items))
    return {key: {label: items[key] for label, items in content.items() if key in items} for key in inner}


def _by_period(name: str, sheet: str, group: list[_Facts]) -> Grid:
    """Figures with labels as a table whose columns are periods."""
    headings = list(dict.fromkeys(one.heading for one in group))
    labels = list(dict.fromkeys(label for one in group for label in one.figures))
    check_size(len(labels) + 1, len(headings) + 1, (len(labels) + 1) * (len(headings) + 1))
    figures = {(label, one.heading): value for one in group for label, value in one.figures.items()}
    rows: list[list[Cell]] = [["", *headings]]
    rows += [[label, *(_number(figures.get((label, heading))) for heading in headings)] for label in labels]
    return Grid(name, sheet or None, rows, named=True)


def _heading_of(record: Object, path: Path) -> str:
    """The period of a record, in words: its first and last day, or its last day and how long it is."""
    days = {str(key): str(one) for key, one in record.items() if isinstance(one, str) and _is_day(one)}
    end = next((day for key, day in days.items() if _DATE_KEY.fullmatch(key)), "")
    start = next((day for key, day in days.items() if _START_KEY.fullmatch(key)), "")
    if not end:
        return ""
    if start:
        return f"{start[:10]} to {end[:10]}"
    words = (*path, *(str(record.get(key, "")) for key in _LENGTH_KEYS))
    return f"{_length(words)} {end[:10]}".strip()


def _length(words: Path) -> str:
    """How long the periods below a path are, as a heading says it; '' when nothing in it tells."""
    return next((text for word in reversed(words) for pattern, text in _LENGTHS if pattern.search(word)), "")


def _sheet(path: Path) -> str:
    """What names the statement of a path: the deepest word that does, else the last word."""
    for word in reversed(path):
        for pattern, title in _STATEMENTS:
            if pattern.search(word):
                return title
    return path[-1] if path else ""


def _is_figure(record: Object) -> bool:
    """Whether an object is one figure: a label, a value, perhaps a unit and an order."""
    value = record.get("value")
    return (
        (_is_amount(value) or value is None) and "value" in record and any(record.get(key) for key in _LABELS)
    )


def _label(record: Object, key: str = "") -> str:
    """The label that people read; the concept where there is none."""
    name = next((str(record[one]) for one in _LABELS if isinstance(record.get(one), str)), key)
    return name.rpartition("_")[2] if name.startswith("us-gaap_") else name.replace("/", " ")


def _is_amount(value: object) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"-?\d+(?:\.\d+)?", value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> Cell:
    return value if _is_amount(value) else None


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _has_numbers_only(items: Object) -> bool:
    return all(
        one is None or (isinstance(one, int | float) and not isinstance(one, bool)) for one in items.values()
    )


def _is_period(key: str) -> bool:
    heading = parse_heading(key)
    return heading is not None and heading.is_whole


def _is_day(text: str) -> bool:
    heading = parse_heading(text)
    return bool(heading and heading.year and heading.month)


def _dated(key: str, record: Object) -> Object:
    """A record that is known by its date has it as a field too."""
    has_date = any(_DATE_KEY.fullmatch(str(one)) for one in record)
    return record if has_date or not _is_period(key) else {"date": key, **record}
