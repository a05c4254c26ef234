"""One request from files to numbers, in a child process. The sentiment, which waits for a worker, is apart."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace

from appkit.bounded import Children, Ended, Limits
from appkit.bounded_server import note
from appkit.errors import ApiError
from appkit.logs import request_id
from appkit.progress import Progress

from .checks import run_checks
from .figures import Check, Notice, Statement
from .files import ParsedFile, Upload, decode_uploads, parse_file
from .forecast import Forecast, forecast
from .grid import FileError
from .line_items import prepare
from .ratios import Ratio, compute_ratios, needs_of
from .requests import AnalyzeIn, Options
from .responses import FileOut
from .sentiment import sentences_of
from .statement import read_statement

log = logging.getLogger(__name__)

prepare()

# Three of them and the app itself fit into the web function's memory.
READERS = Children(
    preload=("finance.analysis",),
    roots=("finance",),
    limits=Limits(seconds=20, memory_mb=256, result_mb=32),
    at_once=3,
)


@dataclass(frozen=True)
class Numbers:
    """
    What the files say, without the sentiment of their sentences. Times are in milliseconds.

    Parameters:
        details: the warnings of the statement with the figures that they are about.
    """

    statement: Statement
    ratios: list[Ratio]
    checks: list[Check]
    forecasts: list[Forecast]
    files: list[FileOut]
    sentences: list[tuple[str, str]]
    truncated: bool
    warnings: list[str]
    details: list[Notice]
    timing_ms: dict[str, float]


@dataclass(frozen=True)
class FileRead:
    """What the log says of a file."""

    name: str
    detail: str
    seconds: float
    ok: bool


@dataclass(frozen=True)
class Refusal:
    """Why no file could be read."""

    code: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """What a child gives back: `result` is a refusal when no file can be read."""

    read: list[FileRead]
    result: Numbers | Refusal


@dataclass(frozen=True)
class _Attempt:
    """A file, what came of reading it, and how long that took."""

    upload: Upload
    result: ParsedFile | FileError
    seconds: float


async def analyze_numbers(request: AnalyzeIn, app_name: str) -> Numbers:
    """
    Reads the files and computes all that follows from their numbers.

    Raises:
        ApiError: 400 or 413 for what was sent; 422 with the first failure's code when no file can be read; 413 or
            422 for files that take too much to read.
    """
    files = [(file.name, file.content_b64) for file in request.files]
    uploads = await asyncio.to_thread(decode_uploads, files)
    try:
        outcome = await READERS.run(read_uploads, uploads, request.options)
    except Ended as error:
        raise _refusal_of(error, uploads) from error
    progress = Progress(app_name, request_id(), len(uploads))
    for file in outcome.read:
        log.info("read %s: %s", file.name, file.detail)
        progress.item(file.name, file.detail, file.seconds, ok=file.ok)
    numbers = outcome.result
    if isinstance(numbers, Refusal):
        raise ApiError(422, numbers.code, numbers.message, param="files[0]")
    statement = numbers.statement
    log.info(
        "%d line items with %d values in %d periods",
        len(statement.line_items),
        sum(map(len, statement.line_items.values())),
        len(statement.periods),
    )
    return numbers


def read_uploads(uploads: list[Upload], options: Options) -> Outcome:
    """What a child does."""
    start = time.perf_counter()
    attempts = [_attempt(index, upload) for index, upload in enumerate(uploads)]
    note("")
    read = [_told(attempt) for attempt in attempts]
    parsed = [one.result for one in attempts if isinstance(one.result, ParsedFile)]
    failed = [(one.upload, one.result) for one in attempts if isinstance(one.result, FileError)]
    if not parsed:
        return Outcome(read, _refused(failed))
    failures = [_unread(upload, error) for upload, error in failed]
    statement = _read(parsed, options)
    parse_done = time.perf_counter()
    ratios = compute_ratios(statement, balance=options.balance, days_in_year=options.days_in_year)
    ending = ratios if options.balance == "ending" else compute_ratios(statement)
    checks = run_checks(statement, ending)
    done = time.perf_counter()
    texts = [(file.name, text) for file in parsed for text in file.texts]
    sentences, truncated = sentences_of(texts, options.max_sentences)
    numbers = Numbers(
        statement=statement,
        ratios=ratios,
        checks=checks,
        forecasts=forecast(statement),
        files=[_describe(file, statement) for file in parsed] + failures,
        sentences=sentences,
        truncated=truncated,
        warnings=_warnings(parsed, failures, statement),
        details=details_of(statement, ratios),
        timing_ms={"parse": milliseconds(parse_done - start), "ratios": milliseconds(done - parse_done)},
    )
    return Outcome(read, numbers)


def details_of(statement: Statement, ratios: list[Ratio]) -> list[Notice]:
    """The warnings of a statement, each with the ratios that have no value because of it."""
    found = []
    for one in statement.notices:
        lost = [
            ratio.key
            for ratio in ratios
            if ratio.status in ("withheld", "incomplete")
            and ratio.period in (one.periods or (ratio.period,))
            and set(one.items) & set(needs_of(ratio.key))
        ]
        found.append(replace(one, ratios=tuple(dict.fromkeys(lost))))
    return found


def _refusal_of(error: Ended, uploads: list[Upload]) -> ApiError:
    """The response for files whose child was ended. Its note is the number of the file that it was at."""
    one = uploads[int(error.note)] if error.note else None
    name = one.name if one else "What the files hold"
    param = f"files[{error.note}]" if one else "files"
    limits = READERS.limits
    fewer = "Send only the pages or sheets with the statements."
    if error.reason == "time":
        message = f"{name} takes more than {limits.seconds} s to read, which is the limit. {fewer}"
        return ApiError(422, "too_slow", message, param=param)
    if error.reason == "memory":
        message = f"{name} takes more than {limits.memory_mb} MiB of memory to read, the limit. {fewer}"
        return ApiError(413, "too_much_memory", message, param=param)
    if error.reason == "result":
        message = f"What the files hold is larger than {limits.result_mb} MiB, the limit. {fewer}"
        return ApiError(413, "too_many_values", message, param="files")
    return ApiError(422, "damaged_file", f"{name} cannot be read. Save it again, or as CSV.", param=param)


def milliseconds(seconds: float) -> float:
    """Milliseconds to one decimal."""
    return round(seconds * 1000, 1)


def _attempt(index: int, upload: Upload) -> _Attempt:
    """Reads one file, after a note of its number: when a limit ends the process meanwhile, that tells which it was."""
    note(str(index))
    start = time.perf_counter()
    result: ParsedFile | FileError
    try:
        result = parse_file(upload)
    except FileError as error:
        result = error
    return _Attempt(upload, result, time.perf_counter() - start)


def _told(attempt: _Attempt) -> FileRead:
    """A file's line for the log."""
    upload, result = attempt.upload, attempt.result
    if isinstance(result, FileError):
        return FileRead(upload.name, f"not read: {result.code}", attempt.seconds, ok=False)
    return FileRead(upload.name, f"{result.kind}, {len(upload.data):,} bytes", attempt.seconds, ok=True)


def _refused(failures: list[tuple[Upload, FileError]]) -> Refusal:
    """Why none of the files could be read: of one file its own reason, of several what they have in common."""
    upload, first = failures[0]
    return Refusal(first.code if len(failures) == 1 else "no_parsable_file", f"{upload.name}: {first}")


def _read(parsed: list[ParsedFile], options: Options) -> Statement:
    scale = None if options.unit_scale == "auto" else options.unit_scale
    grids = [grid for file in parsed for grid in file.grids]
    texts = {file.name: file.texts for file in parsed}
    return read_statement(grids, unit_scale=scale, currency=options.currency, texts=texts)


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


def _unread(upload: Upload, error: FileError) -> FileOut:
    return FileOut(
        name=upload.name,
        kind="",
        bytes=len(upload.data),
        sha256="",
        tables=0,
        line_items=0,
        text_chars=0,
        warnings=[str(error)],
    )


def _warnings(parsed: list[ParsedFile], failures: list[FileOut], statement: Statement) -> list[str]:
    from_files = [warning for file in parsed for warning in file.warnings]
    unread = [f"{file.name}: {file.warnings[0]}" for file in failures]
    return [*unread, *from_files, *statement.warnings]
