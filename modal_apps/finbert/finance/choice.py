"""One value for each item and period, or none with the reason: what disagrees is withheld, not guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .figures import Notice, Part, Statement, Value, Withheld
from .labels import normalize
from .line_items import DEBTS, OWN, TOTAL, WEAK, all_items
from .overlap import overlap
from .periods import Period
from .reading import Candidate, Reading
from .statement_kinds import UNSURE
from .written_numbers import adds_up

SAME_VALUE = 1e-9
Key = tuple[str, Period]
# Where an item that stands in several statements is taken from first.
_FIRST_HOME = {
    "net_income": ("income", "unknown", "cash_flow"),
    "depreciation_amortization": ("cash_flow", "unknown", "income"),
}


@dataclass
class Choice:
    """
    Parameters:
        picked: the candidate of each item and period; a sum has its parts.
        rivals: those among which none could be picked.
    """

    picked: dict[Key, Candidate] = field(default_factory=dict)
    parts: dict[Key, list[Candidate]] = field(default_factory=dict)
    rivals: dict[Key, list[Candidate]] = field(default_factory=dict)
    withheld: list[Withheld] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def choose(readings: list[Reading], currency: str | None) -> Choice:
    """
    Picks a candidate for each item and period.

    Parameters:
        currency: that of the response; numbers in another one are withheld. None when none is named.
    """
    choice = Choice()
    groups: dict[Key, list[Candidate]] = {}
    for reading in readings:
        for candidate in reading.candidates:
            groups.setdefault((candidate.key, candidate.period), []).append(candidate)
    for key, group in groups.items():
        _choose_one(key, group, currency, choice)
    _arbitrate(choice)
    for (name, period), rivals in choice.rivals.items():
        _withhold_rivals(name, period, rivals, choice)
    return choice


def _choose_one(key: Key, group: list[Candidate], currency: str | None, choice: Choice) -> None:
    name, period = key
    usable = [found for found in group if not found.trouble]
    if not usable:
        first = group[0]
        reason = f"{all_items()[name].label} {period.label} in {place(first)} {first.trouble}."
        choice.withheld.append(Withheld(name, period.label, "negative_balance", reason, as_parts(group)))
        return
    in_currency = [found for found in usable if found.unit in (None, "shares", currency) or currency is None]
    if not in_currency:
        reason = (
            f"{all_items()[name].label} {period.label} stands in {usable[0].unit} only; nothing is converted."
        )
        choice.withheld.append(Withheld(name, period.label, "mixed_currencies", reason, as_parts(usable)))
        return
    best = _by_column(_by_statement(name, in_currency), name, period, choice)
    if why := overlap(best) if name in DEBTS else "":
        label = all_items()[name].label.lower()
        reason = f"The rows for {label} {period.label} {why}, so none is used."
        choice.withheld.append(Withheld(name, period.label, "overlapping_parts", reason, as_parts(best)))
        sources = tuple(found.source for found in best)
        choice.notices.append(Notice("overlapping_parts", reason, (name,), (period.label,), sources))
        return
    best, parts = _by_rank(best)
    values = distinct(best)
    if len(values) > 1:
        choice.rivals[key] = values
        return
    choice.picked[key] = values[0]
    if parts:
        choice.parts[key] = parts
    _note_others(name, period, values[0], in_currency, choice)


def _by_statement(name: str, group: list[Candidate]) -> list[Candidate]:
    """Those of the surest statement; of an item with several homes those of the first one."""
    surest = max(found.sureness for found in group)
    best = [found for found in group if found.sureness == surest]
    if homes := _FIRST_HOME.get(name):
        # The summary of a cash flow may begin with another profit, so a home counts before sureness.
        home = min((homes.index(found.kind) for found in group if found.kind in homes), default=None)
        if home is not None:
            best = [found for found in group if found.kind == homes[home]]
            surest = max(found.sureness for found in best)
            best = [found for found in best if found.sureness == surest]
    return best


def _by_column(group: list[Candidate], name: str, period: Period, choice: Choice) -> list[Candidate]:
    """The group's figures before those of the company alone, and restated ones before the first ones."""
    entities = {found.entity for found in group}
    if "group" in entities and len(entities) > 1:
        group = [found for found in group if found.entity == "group"]
    restated = [found for found in group if found.restated] or [
        found for found in group if not found.first_shown
    ]
    if restated and len(restated) < len(group):
        if len(distinct(group)) > 1:
            message = f"{all_items()[name].label} {period.label} was restated; {place(restated[0])} is used."
            choice.notices.append(
                Notice("restated_used", message, (name,), (period.label,), (restated[0].source,))
            )
        return restated
    return group


def _by_rank(group: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """The best labels: a total before the item before its parts before weak names; with the parts of a sum."""
    totals = [found for found in group if found.rank == TOTAL]
    if totals:
        return [found for found in totals if normalize(found.label) in _ALL_OWNERS] or totals, []
    whole = [found for found in group if not found.part and found.rank > WEAK]
    if all(found.sureness == UNSURE or found.named for found in group):
        # Keys of an export: `OperatingIncome` and `EBIT` are two fields, and the first has the item's own name.
        whole = [found for found in whole if found.rank == OWN] or whole
    parts = [found for found in group if found.part]
    if parts:
        summed = _summed(whole, parts)
        if summed:
            return [summed[0]], summed[1]
    return whole or parts or group, []


def _summed(whole: list[Candidate], parts: list[Candidate]) -> tuple[Candidate, list[Candidate]] | None:
    """
    The sum of parts of one table. A row for the whole is either their sum, or, as `long-term debt, net of current
    portion` beside `senior notes`, one of several.
    """
    tables = sorted({found.table for found in parts})
    sums: list[tuple[Candidate, list[Candidate]]] = []
    for table in tables:
        here = [found for found in parts if found.table == table]
        own = [found for found in whole if found.table == table]
        if len(distinct(own)) > 1:
            return None
        rows = _one_a_row(here)
        if own:
            total = sum(found.value for found in rows)
            if adds_up(own[0].value, total) or own[0].key not in DEBTS:
                sums.append((own[0], []))
                continue
            rows = [found for found in rows if found.part not in ("debt", "borrowings")] + [own[0]]
        total = sum(found.value for found in rows)
        first = rows[0]
        sums.append((replace(first, value=total, part=first.part if len(rows) == 1 else ""), rows))
    if whole and not any(found.table in tables for found in whole):
        return None
    values = distinct([found for found, _ in sums])
    return sums[0] if len(values) == 1 else None


# Beside `total shareholders' equity`, which leaves out other owners.
_ALL_OWNERS = ("total equity", "total deficit", "total equity and noncontrolling interests")


def _one_a_row(group: list[Candidate]) -> list[Candidate]:
    """Each row once, whatever columns it was read from."""
    return list({found.row: found for found in group}.values())


def distinct(group: Iterable[Candidate]) -> list[Candidate]:
    """
    The candidates that differ by more than rounding: 1,235 in millions is 1,234,567 in thousands. The finer one stays.
    """
    kept: list[Candidate] = []
    for found in sorted(group, key=lambda one: (one.scale, one.table, one.row)):
        if not any(_agree(found, other) for other in kept):
            kept.append(found)
    return kept


def _agree(first: Candidate, second: Candidate) -> bool:
    difference = abs(first.value - second.value)
    exact = difference <= SAME_VALUE * max(abs(first.value), abs(second.value))
    return exact or (first.scale != second.scale and difference <= max(first.scale, second.scale) / 2)


def _arbitrate(choice: Choice) -> None:
    """Picks among rivals where one set alone makes a statement add up."""
    for names, agrees in _IDENTITIES:
        for period in {period for name, period in choice.rivals if name in names}:
            options = [_options(choice, (name, period)) for name in names]
            if any(not option for option in options):
                continue
            fitting = [
                (one, two, three)
                for one in options[0]
                for two in options[1]
                for three in options[2]
                if agrees(one.value, two.value, three.value)
            ]
            if len(fitting) == 1:
                for name, found in zip(names, fitting[0], strict=True):
                    choice.rivals.pop((name, period), None)
                    choice.picked[name, period] = found


def _options(choice: Choice, key: Key) -> list[Candidate]:
    return [choice.picked[key]] if key in choice.picked else choice.rivals.get(key, [])


def _sums(one: float, two: float, three: float) -> bool:
    return adds_up(one, two + three)


_IDENTITIES = (
    (("revenue", "cost_of_revenue", "gross_profit"), _sums),
    (("total_assets", "total_liabilities", "equity"), _sums),
    (
        ("pretax_income", "tax_expense", "net_income"),
        lambda one, two, three: _sums(one, two, three) or _sums(one, -two, three),
    ),
)


def _withhold_rivals(name: str, period: Period, rivals: list[Candidate], choice: Choice) -> None:
    label = all_items()[name].label
    places = " and ".join(f"{found.written} in {place(found)}" for found in rivals[:3])
    reason = f"{label} {period.label} has several values, so none is used: {places}."
    choice.withheld.append(Withheld(name, period.label, "several_values", reason, as_parts(rivals)))
    if not all_items()[name].internal:
        sources = tuple(found.source for found in rivals)
        choice.notices.append(Notice("several_values", reason, (name,), (period.label,), sources))


def _note_others(
    name: str, period: Period, picked: Candidate, group: list[Candidate], choice: Choice
) -> None:
    """Says so when a table that is less sure than the one that was used has another number."""
    if all_items()[name].internal or name in _FIRST_HOME:
        return
    others = [
        found
        for found in group
        if found.sureness < picked.sureness and found.rank >= picked.rank and not _agree(found, picked)
    ]
    if others:
        message = (
            f"{all_items()[name].label} {period.label} has several values; "
            f"the one in {place(picked)} was taken, not {place(others[0])}."
        )
        sources = (picked.source, others[0].source)
        choice.notices.append(Notice("several_values", message, (name,), (period.label,), sources))


def place(found: Candidate) -> str:
    """Where a candidate stands, in words."""
    source = found.source
    return f"{source.file} {source.sheet}!{source.ref}" if source.sheet else f"{source.file} {source.ref}"


def as_parts(group: Iterable[Candidate]) -> tuple[Part, ...]:
    """Candidates as a response lists them."""
    return tuple(Part(found.label, found.value, found.source) for found in group)


def as_value(found: Candidate, parts: list[Candidate]) -> Value:
    """A picked candidate as a response has it."""
    listed = as_parts(parts) if len(parts) > 1 else ()
    return Value(
        period=found.period.label,
        value=found.value,
        source=found.source,
        label=found.label,
        heading=found.heading,
        written=found.written,
        scale=found.scale,
        unit=found.unit,
        statement=found.kind,
        parts=listed,
    )


def withhold_all(statement: Statement, code: str, reason: str) -> None:
    """Takes every value out."""
    for values in (statement.line_items, statement.hidden):
        for key, found in values.items():
            statement.withheld += [
                Withheld(key, item.period, code, reason, (Part(item.label, item.value, item.source),))
                for item in found
            ]
        values.clear()
