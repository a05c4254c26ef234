"""Whether a sum has all of its parts. A part that is not listed is nothing only where the rows add up without it."""

from __future__ import annotations

from .choice import Choice
from .figures import Notice, Statement
from .line_items import DEBTS, TOTAL, all_items
from .periods import Period
from .reading import Candidate, Reading
from .sections import is_like_debt
from .written_numbers import adds_up, read_number

_NO_PART_ALONE = ("equity", "customer_deposits")  # which have two parts at least


def note_incomplete(statement: Statement, readings: list[Reading], choice: Choice) -> None:
    """Fills `statement.incomplete` for debt, short-term investments and depreciation."""
    stocks = {
        period
        for name, period in choice.picked
        if name in ("current_liabilities", "equity", "total_assets", *DEBTS, "cash")
    }
    for period in stocks:
        for name in DEBTS:
            _note_debt(statement, readings, choice, name, period)
        _note_investments(statement, readings, choice, period)
    for (name, period), found in list(choice.picked.items()):
        if name == "cost_of_revenue" and found.part:
            _check_cost(statement, choice, period, found)
        if name in _NO_PART_ALONE and found.part:
            reason = f"“{found.label}” is only a part of {all_items()[name].label.lower()}."
            statement.withhold(name, period, "incomplete_sum", reason)
        if name == "depreciation_amortization" and found.part == "amortization":
            reason = f"“{found.label}” is only a part of depreciation and amortization."
            statement.withhold(name, period, "incomplete_sum", reason)
        elif name == "depreciation_amortization" and found.part:
            reason = f"“{found.label}” is there, but no line for amortization"
            statement.incomplete["depreciation_amortization", period.label] = reason


def _check_cost(statement: Statement, choice: Choice, period: Period, found: Candidate) -> None:
    """The cost of one kind of sales is not that of all, where a total of revenues stands and no gross profit."""
    revenue = choice.picked.get(("revenue", period))
    if revenue is None or revenue.rank < TOTAL or ("gross_profit", period) in choice.picked:
        return
    reason = f"“{found.label}” is the cost of only a part of the revenue."
    if statement.withhold("cost_of_revenue", period, "incomplete_sum", reason):
        sources = (found.source,)
        statement.notices.append(
            Notice("incomplete_sum", reason, ("cost_of_revenue",), (period.label,), sources)
        )


def _note_debt(
    statement: Statement, readings: list[Reading], choice: Choice, name: str, period: Period
) -> None:
    unread = [
        label
        for reading in readings
        if _is_balance(reading, period)
        for label in reading.unread.get(name, [])
    ]
    if unread:
        statement.incomplete[name, period.label] = f"“{unread[0]}” may be a part of it"
        return
    if (name, period) in choice.picked or (name, period) in choice.rivals:
        return
    if any((name, period) in reading.nil for reading in readings):
        return
    words = "short-term" if name == "short_term_debt" else "long-term"
    if not any(_adds_up(reading, name, period) for reading in readings if _is_balance(reading, period)):
        reason = (
            f"no line for {words} debt, and the listed liabilities do not add up to their total without it"
        )
        statement.incomplete[name, period.label] = reason


def _note_investments(statement: Statement, readings: list[Reading], choice: Choice, period: Period) -> None:
    name = "short_term_investments"
    if (name, period) in choice.picked or any((name, period) in reading.nil for reading in readings):
        return
    balances = [reading for reading in readings if _is_balance(reading, period)]
    unread = [label for reading in balances for label in reading.unread.get(name, [])]
    if unread:
        statement.incomplete[name, period.label] = f"“{unread[0]}” may be short-term investments"
    elif not any(_adds_up(reading, name, period) for reading in balances):
        reason = (
            "no line for short-term investments, "
            "and the listed current assets do not add up to their total without"
        )
        statement.incomplete[name, period.label] = reason


def _is_balance(reading: Reading, period: Period) -> bool:
    return any(
        found.period == period and found.kind in ("balance", "unknown") for found in reading.candidates
    )


# Total that the rows of a section must add up to; the total above which they begin.
_SECTIONS = {
    "short_term_investments": ("current_assets", ()),
    "short_term_debt": (
        "current_liabilities",
        ("total_assets", "current_assets", "equity", "noncurrent_liabilities"),
    ),
    "long_term_debt": ("noncurrent_liabilities", ("total_assets", "current_liabilities", "equity")),
}


def _adds_up(reading: Reading, name: str, period: Period) -> bool:
    """Whether the rows of a section that are listed make up its total, so that nothing is missing from them."""
    total_key, starts = _SECTIONS[name]
    rows: list[tuple[str, float]] = []
    current: float | None = None
    place = next((number for number, at in reading.stocks.items() if at == period), None)
    if place is None:
        return False
    for at, row in enumerate(reading.table.rows):
        if row.is_head:
            continue
        key = reading.keys.get(at, "")
        value = read_number(row.cells[place][0], reading.style)[0] if place in row.cells else None
        if key == total_key:
            return value is not None and _is_sum([one for _, one in rows], value)
        if (
            key == "total_liabilities"
            and name == "long_term_debt"
            and value is not None
            and current is not None
        ):
            return _is_sum([one for _, one in rows], value - current)
        if key == "current_liabilities":
            current = value
        if key in starts:
            rows = []
        elif value is not None and not is_like_debt(row.label):
            rows.append((key, value))
    return False


def _is_sum(values: list[float], total: float) -> bool:
    """Whether the last of the values, or all of them, add up to a total."""
    if not values or not total:
        return not values and not total
    running = 0.0
    for value in reversed(values):
        running += value
        if adds_up(total, running):
            return True
    return False
