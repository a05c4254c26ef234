"""The page for people: upload statements, ask, and read the answer, ratios, sentiment and log. Needs gradio."""

from __future__ import annotations

import base64
import html
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import gradio

TITLE = "Financial analyst"
EXAMPLE = "How are margins, debt and cash flow developing, and what is the tone and the outlook?"
NO_VALUE = "\u2013"
SWEEP_S = 600  # how often uploads are looked through
KEPT_S = 3600  # and how old they become
UNITS = {"percent": "%", "days": " d"}

# Sends files with a question; gives the status and the body of the answer.
Ask = Callable[[dict[str, Any]], Awaitable[tuple[int, dict[str, Any]]]]
Answer = tuple[str, dict[str, Any], dict[str, float], str]


def build_page(ask: Ask) -> gradio.Blocks:
    """
    Parameters:
        ask: reaches `/analyze_financials`, in this process or at a URL.
    """

    async def analyze(files: list[str] | None, query: str) -> Answer:
        if not files:
            raise _told("Choose one or more statements first: xlsx, pdf, csv, json or text.")
        status, body = await ask({"files": [_upload(Path(file)) for file in files], "query": query})
        if status != 200:
            raise _told(body["error"]["message"])
        return body["response"], ratio_table(body), sentiment_label(body), body["logs"]

    with gradio.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(SWEEP_S, KEPT_S)) as page:
        gradio.Markdown(f"# {TITLE}\nRatios, sentiment and a short forecast. Not investment advice.")
        with gradio.Row():
            with gradio.Column(scale=1):
                files = gradio.File(label="Statements", file_count="multiple", type="filepath")
                query = gradio.Textbox(label="Question", value=EXAMPLE, lines=3)
                button = gradio.Button("Analyze", variant="primary")
                sentiment = gradio.Label(label="Sentiment")
            with gradio.Column(scale=2):
                response = gradio.Markdown(label="Answer")
                ratios = gradio.Dataframe(label="Ratios", wrap=True, interactive=False)
                log = gradio.Textbox(label="Log", lines=6, interactive=False)
        button.click(analyze, [files, query], [response, ratios, sentiment, log], api_name="analyze")
    return page


def _told(message: str) -> gradio.Error:
    """What a person is told. It repeats names of files, so it is no part of the log, and no HTML."""
    return gradio.Error(html.escape(message, quote=False), print_exception=False)


def ratio_table(body: dict[str, Any]) -> dict[str, Any]:
    """The ratios as a table with a column for each period, newest first."""
    periods: list[str] = body["periods"]
    by_label: dict[str, dict[str, str]] = {}
    for ratio in body["ratios"]:
        by_label.setdefault(ratio["label"], {})[ratio["period"]] = _shown(ratio)
    rows = [
        [label, *(values.get(period, NO_VALUE) for period in periods)] for label, values in by_label.items()
    ]
    return {"headers": ["Ratio", *periods], "data": rows}


def sentiment_label(body: dict[str, Any]) -> dict[str, float]:
    """The probabilities of the classes; nothing when no sentence was scored."""
    return body["sentiment"]["probabilities"] if body["sentiment"] else {}


def _shown(ratio: dict[str, Any]) -> str:
    if ratio["value"] is None:
        return ratio["status"].replace("_", " ")
    if ratio["unit"] == "currency":
        return f"{ratio['value']:,.0f}"
    return f"{ratio['value']:,.2f}{UNITS.get(ratio['unit'], '')}"


def _upload(path: Path) -> dict[str, str]:
    return {"name": path.name, "content_b64": base64.b64encode(path.read_bytes()).decode()}
