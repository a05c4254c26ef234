"""
A response as the plain tables of the web page: each figure with its place in the files, and each warning beside the
figure it is about. Everything is text; nothing of a file becomes markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from appkit.stdio import one_line

NO_VALUE = "\u2013"
LONGEST = 300  # characters of a text of others in a cell
UNITS = {"percent": "%", "days": " d"}
FIGURES = ["Item", "Period", "Value", "Unit", "In the file", "As written", "Column", "Where", "Remarks"]
WARNINGS = ["Warning", "About", "Periods", "Where"]

Body = dict[str, Any]
Table = dict[str, Any]


def ratio_table(body: Body) -> Table:
    """The ratios with a column for each period, newest first, and what is to be known of their values."""
    periods: list[str] = body["periods"]
    rows: dict[str, dict[str, Body]] = {}
    for ratio in body["ratios"]:
        rows.setdefault(ratio["label"], {})[ratio["period"]] = ratio
    data = [
        [
            label,
            *(_ratio(found[period]) if period in found else NO_VALUE for period in periods),
            _by_period(
                (period, remark)
                for period in periods
                if period in found
                for remark in _ratio_remarks(found[period], body)
            ),
        ]
        for label, found in rows.items()
    ]
    return {"headers": ["Ratio", *periods, "Remarks"], "data": data}


def figure_table(body: Body) -> Table:
    """Each number that was read, from where, and each that was not used, with the reason."""
    data = []
    for item, values in body["line_items"].items():
        data += [_figure(item, value, body) for value in values]
        data += [_withheld(entry) for entry in body.get("withheld", []) if entry["item"] == item]
    left = [entry for entry in body.get("withheld", []) if entry["item"] not in body["line_items"]]
    return {"headers": FIGURES, "data": [*data, *map(_withheld, left)]}


def warning_table(body: Body) -> Table:
    """All warnings with what they are about; those that name no figure are about the files as a whole."""
    notices = {notice["message"]: notice for notice in body.get("warning_details", [])}
    labels = {ratio["key"]: ratio["label"] for ratio in body["ratios"]}
    data = []
    for message in body["warnings"]:
        notice = notices.get(message, {})
        about = [item_name(name) for name in notice.get("items", [])]
        about += [labels.get(key, item_name(key)) for key in notice.get("ratios", [])]
        places = [place(source) for source in notice.get("sources", [])]
        data.append(
            [
                one_line(message, LONGEST),
                ", ".join(about) or "all",
                ", ".join(notice.get("periods", [])) or "all",
                one_line(", ".join(places), LONGEST) or NO_VALUE,
            ]
        )
    for check in body["checks"]:
        if not check["ok"]:
            text = f"Check failed: {check['name']} ({check['detail']})"
            about = [item_name(name) for name in check.get("items", [])]
            data.append([one_line(text, LONGEST), ", ".join(about) or "all", check["period"], NO_VALUE])
    return {"headers": WARNINGS, "data": data}


def sentiment_label(body: Body) -> dict[str, float]:
    """The probabilities of the classes; nothing when no sentence was scored."""
    return body["sentiment"]["probabilities"] if body["sentiment"] else {}


def item_name(key: str) -> str:
    """`long_term_debt` as `Long term debt`."""
    return key.replace("_", " ").capitalize()


def place(source: Body) -> str:
    """File, sheet or page, and cell or line."""
    where = f"{source['sheet']}, {source['ref']}" if source["sheet"] else source["ref"]
    return one_line(f"{source['file']}, {where}", LONGEST)


def _ratio(ratio: Body) -> str:
    if ratio["value"] is None:
        return str(ratio["status"]).replace("_", " ")
    if ratio["unit"] == "currency":
        text = _amount(ratio["value"])
    else:
        text = f"{ratio['value']:,.2f}{UNITS.get(ratio['unit'], '')}"
    factor = ratio.get("annualised")
    return f"{text} (flows x{factor:g})" if factor else text


def _ratio_remarks(ratio: Body, body: Body) -> list[str]:
    given = [ratio.get("reason") or "", ratio.get("note") or ""]
    notices = [
        notice["message"]
        for notice in body.get("warning_details", [])
        if ratio["value"] is not None
        and (ratio["key"] in notice["ratios"] or set(notice["items"]) & set(ratio["inputs"]))
        and _in_period(notice, ratio["period"])
    ]
    return [one_line(text, LONGEST) for text in (*given, *notices) if text]


def _figure(item: str, value: Body, body: Body) -> list[str]:
    notices = [
        notice["message"]
        for notice in body.get("warning_details", [])
        if item in notice["items"] and _in_period(notice, value["period"])
    ]
    parts = [
        f"{part['label']} {_amount(part['value'])} ({place(part['source'])})"
        for part in value.get("parts") or []
    ]
    remarks = [*(["Sum of " + " and ".join(parts) + "."] if parts else []), *notices]
    scale = value.get("scale", 1)
    unit = value.get("unit") or "unknown"
    return [
        item_name(item),
        value["period"],
        _amount(value["value"]),
        one_line(unit, LONGEST),
        one_line(value.get("label") or NO_VALUE, LONGEST),
        one_line(value.get("written") or NO_VALUE, LONGEST) + (f" x{scale:,}" if scale != 1 else ""),
        one_line(value.get("heading") or NO_VALUE, LONGEST),
        place(value["source"]),
        _joined(one_line(remark, LONGEST) for remark in remarks),
    ]


def _withheld(entry: Body) -> list[str]:
    candidates = entry.get("candidates") or []
    written = " or ".join(_amount(part["value"]) for part in candidates)
    labels = " or ".join(dict.fromkeys(part["label"] for part in candidates))
    places = " or ".join(place(part["source"]) for part in candidates)
    return [
        item_name(entry["item"]),
        entry["period"],
        "withheld",
        NO_VALUE,
        one_line(labels, LONGEST) or NO_VALUE,
        written or NO_VALUE,
        NO_VALUE,
        one_line(places, LONGEST) or NO_VALUE,
        one_line(entry["reason"], LONGEST),
    ]


def _in_period(notice: Body, period: str) -> bool:
    return not notice["periods"] or period in notice["periods"]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.2f}"


def _by_period(remarks: Iterable[tuple[str, str]]) -> str:
    """Each remark once, after the periods that it is about; some name their period themselves."""
    periods: dict[str, list[str]] = {}
    for period, remark in remarks:
        periods.setdefault(remark.removeprefix(f"{period}: "), []).append(period)
    return " ".join(f"{', '.join(dict.fromkeys(about))}: {remark}" for remark, about in periods.items())


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(texts))
