"""The web page: upload statements, ask a question, and read ratios, sentiment and log. Needs gradio."""

from __future__ import annotations

import asyncio
import base64
import html
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import gradio
from gradio.utils import get_upload_folder

from .page_tables import Table, figure_table, ratio_table, sentiment_label, warning_table
from .uploaded import NotUploaded, check_upload, paths_in, read_upload

TITLE = "Financial analyst"
EXAMPLE = "How are margins, debt and cash flow developing, and what is the tone and the outlook?"
SWEEP_S = 600  # how often uploads are looked through
KEPT_S = 3600  # and how old they become
MOST_FILES = 20  # that of the API, as the next
MOST_FILE_BYTES = 10 * 2**20
MOST_TOTAL_BYTES = 32 * 2**20

# Sends files with a question; gives the status and the body of the response.
Ask = Callable[[dict[str, Any]], Awaitable[tuple[int, dict[str, Any]]]]
Answer = tuple[str, Table, dict[str, float], str, Table, Table]


class _Page(gradio.Blocks):
    """
    Gradio takes a path in a request for a file of this machine, or of any server. It checks that the file was uploaded
    only after `launch`, which a page inside of another app never sees; so the page checks, whichever field has it.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.has_launched = True  # what gradio's own check looks at

    async def preprocess_data(self, block_fn: Any, inputs: Any, *more: Any, **named: Any) -> Any:
        try:
            for path in paths_in(inputs):
                check_upload(path, get_upload_folder())
        except NotUploaded as error:
            raise _told(str(error)) from error
        return await super().preprocess_data(block_fn, inputs, *more, **named)


def build_page(ask: Ask) -> gradio.Blocks:
    """
    Parameters:
        ask: reaches `/analyze_financials`, in this process or at a URL.
    """

    async def analyze(files: list[str] | None, query: str) -> Answer:
        if not files:
            raise _told("Choose one or more statements first: xlsx, pdf, csv, json or text.")
        status, body = await ask({"files": await asyncio.to_thread(_uploads, files), "query": query})
        if status != 200:
            raise _told(body["error"]["message"])
        tables = figure_table(body), warning_table(body)
        return body["response"], ratio_table(body), sentiment_label(body), body["logs"], *tables

    with _Page(title=TITLE, analytics_enabled=False, delete_cache=(SWEEP_S, KEPT_S)) as page:
        gradio.Markdown(f"# {TITLE}\nRatios, sentiment and a short forecast. Not investment advice.")
        with gradio.Row():
            with gradio.Column(scale=1):
                files = gradio.File(label="Statements", file_count="multiple", type="filepath")
                query = gradio.Textbox(label="Question", value=EXAMPLE, lines=3)
                button = gradio.Button("Analyze", variant="primary")
                sentiment = gradio.Label(label="Sentiment")
            with gradio.Column(scale=2):
                warnings = _table("Warnings", ["52%", "20%", "10%", "18%"])
                response = gradio.Markdown(label="Answer")
        ratios = _table("Ratios")
        places = ["11%", "7%", "11%", "5%", "14%", "11%", "8%", "13%", "20%"]
        figures = _table("Figures, and where they stand in the files", places)
        log = gradio.Textbox(label="Log", lines=6, interactive=False)
        shown: list[Any] = [response, ratios, sentiment, log, figures, warnings]
        button.click(analyze, [files, query], shown, api_name="analyze")
    return page


def _table(label: str, widths: Sequence[str] | None = None) -> gradio.Dataframe:
    """Cells are texts as they are: neither Markdown nor HTML."""
    return gradio.Dataframe(
        label=label,
        datatype="str",
        wrap=True,
        column_widths=list(widths) if widths else None,
        interactive=False,
        show_search="search",
    )


def _told(message: str) -> gradio.Error:
    """What a person is told. It repeats names of files, so it is no part of the log, and no HTML."""
    return gradio.Error(html.escape(message, quote=False), print_exception=False)


def _uploads(paths: list[str]) -> list[dict[str, str]]:
    if len(paths) > MOST_FILES:
        raise _told(f"Choose at most {MOST_FILES} statements.")
    left, found = MOST_TOTAL_BYTES, []
    for path in paths:
        try:
            data = read_upload(path, get_upload_folder(), MOST_FILE_BYTES)
        except NotUploaded as error:
            raise _told(str(error)) from error
        left -= len(data)
        if left < 0:
            raise _told(f"The files together are larger than {MOST_TOTAL_BYTES >> 20} MiB.")
        found.append({"name": Path(path).name, "content_b64": base64.b64encode(data).decode()})
    return found
