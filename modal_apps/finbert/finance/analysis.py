"""One request from files to numbers. Runs in a thread; the sentiment, which waits for a worker, is apart."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from appkit.errors import ApiError
from appkit.logs import request_id
from appkit.progress import Progress

from .answers import FileOut
from .checks import Check, run_checks
from .files import ParsedFile, Upload, decode_uploads, parse_file
from .forecast import Forecast, forecast
from .grid import FileError
from .ratios import Ratio, compute_ratios
from .requests import AnalyzeIn, Options
from .statement import Statement, read_statement

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Numbers:
    """What the files say, without the sentiment. Times are in milliseconds."""

    statement: Statement
    ratios: list[Ratio]
    checks: list[Check]
    forecasts: list[Forecast]
    files: list[FileOut]
    texts: list[tuple[str, str]]
    warnings: list[str]
    timing_ms: dict[str, float]


def analyze_numbers(request: AnalyzeIn, app_name: str) -> Numbers:
    """
    Reads the files and computes all that follows from their numbers.

    Raises:
        ApiError: 400 or 413 for what was sent; 422 with the first failure's code when no file can be read.
    """
    start = time.perf_counter()
    uploads = decode_uploads([(file.name, file.content_b64) for file in request.files])
    parsed, failures = _parse_all(uploads, app_name)
    options = request.options
    statement = _read(parsed, options)
    parse_done = time.perf_counter()
    ratios = compute_ratios(statement, balance=options.balance, days_in_year=options.days_in_year)
    ending = ratios if options.balance == "ending" else compute_ratios(statement)
    checks = run_checks(statement, ending)
    done = time.perf_counter()
    values = sum(map(len, statement.line_items.values()))
    log.info(
        "%d line items with %d values in %d periods",
        len(statement.line_items),
        values,
        len(statement.periods),
    )
    return Numbers(
        statement=statement,
        ratios=ratios,
        checks=checks,
        forecasts=forecast(statement),
        files=[_describe(file, statement) for file in parsed] + failures,
        texts=[(file.name, text) for file in parsed for text in file.texts],
        warnings=_warnings(parsed, failures, statement),
        timing_ms={"parse": milliseconds(parse_done - start), "ratios": milliseconds(done - parse_done)},
    )


def milliseconds(seconds: float) -> float:
    """Milliseconds to one decimal."""
    return round(seconds * 1000, 1)


def _parse_all(uploads: list[Upload], app_name: str) -> tuple[list[ParsedFile], list[FileOut]]:
    progress = Progress(app_name, request_id(), len(uploads))
    parsed: list[ParsedFile] = []
    failures: list[FileOut] = []
    first_error: FileError | None = None
    for upload in uploads:
        start = time.perf_counter()
        try:
            parsed.append(parse_file(upload))
            detail, ok = f"{parsed[-1].kind}, {len(upload.data):,} bytes", True
        except FileError as error:
            first_error = first_error or error
            failures.append(FileOut(upload.name, "", len(upload.data), "", 0, 0, 0, [str(error)]))
            detail, ok = f"not read: {error.code}", False
        log.info("read %s: %s", upload.name, detail)
        progress.item(upload.name, detail, time.perf_counter() - start, ok=ok)
    if not parsed and first_error:
        # One file: its own reason. Several: what they have in common.
        code = first_error.code if len(uploads) == 1 else "no_parsable_file"
        raise ApiError(422, code, f"{failures[0].name}: {first_error}", param="files[0]")
    return parsed, failures


def _read(parsed: list[ParsedFile], options: Options) -> Statement:
    scale = None if options.unit_scale == "auto" else options.unit_scale
    grids = [grid for file in parsed for grid in file.grids]
    return read_statement(grids, unit_scale=scale, currency=options.currency)


def _describe(file: ParsedFile, statement: Statement) -> FileOut:
    return FileOut(
        name=file.name,
        kind=file.kind,
        bytes=file.bytes,
        sha256=file.sha256,
        tables=statement.tables_by_file[file.name],
        line_items=statement.values_by_file[file.name],
        text_chars=sum(map(len, file.texts)),
        warnings=file.warnings,
    )


def _warnings(parsed: list[ParsedFile], failures: list[FileOut], statement: Statement) -> list[str]:
    from_files = [warning for file in parsed for warning in file.warnings]
    unread = [f"{file.name}: {file.warnings[0]}" for file in failures]
    return [*unread, *from_files, *statement.warnings]
