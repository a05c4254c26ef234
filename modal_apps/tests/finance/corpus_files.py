"""Builds the files of the corpus from its facts: workbooks, delimited text, and pages with columns of text."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
from pdf_writer import write_pdf

FOLDER = Path(__file__).resolve().parent / "corpus"
WIDTH = 78  # signs of a label on a page; a longer one goes on in the next line


def statements(*, held_out: bool = False) -> list[dict[str, Any]]:
    """All statements, or those that nobody tunes on."""
    folder = FOLDER / "heldout" if held_out else FOLDER
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def build(file: dict[str, Any]) -> bytes:
    """The file in its own shape; `kind` is xlsx, csv, pdf or json."""
    if file["kind"] == "xlsx":
        return _workbook(file["sheets"])
    if file["kind"] == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=file["delimiter"], lineterminator="\n").writerows(file["rows"])
        return out.getvalue().encode(file.get("encoding", "utf-8"))
    if file["kind"] == "json":
        return json.dumps(file["json"], ensure_ascii=False).encode()
    return write_pdf([[line for row in page for line in _lines(row, page)] for page in file["pages"]])


def _workbook(sheets: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet["title"])
        for row in sheet["rows"]:
            page.append([_cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return datetime.datetime.fromisoformat(value["date"]) if isinstance(value, dict) else value


def _lines(row: list[str], page: list[list[str]]) -> list[str]:
    """A row as it is printed: the label at the left, the other cells under each other at the right."""
    if not row or len(row) == 1:
        return [row[0] if row else ""]
    most = min(WIDTH, max(len(other[0]) for other in page if len(other) > 1) + 2)
    label, parts = row[0], []
    while len(label) > most - 2:
        cut = label.rfind(" ", 0, most - 2)
        cut = cut if cut > 0 else most - 2
        parts.append(label[:cut])
        label = "  " + label[cut:].strip()
    columns = [max(len(other[at]) for other in page if len(other) > at) + 2 for at in range(1, len(row))]
    cells = "".join(cell.rjust(width) for cell, width in zip(row[1:], columns, strict=True))
    return [*parts, f"{label:<{most}}{cells}".rstrip()]
