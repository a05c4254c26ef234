"""Dates that can be read two ways. The witness for what a date is in either order is CPython's `strptime`."""

from __future__ import annotations

import datetime

import pytest
from finance.analysis import Numbers, read_uploads
from finance.figures import Statement
from finance.files import Upload, parse_file
from finance.requests import Options
from finance.statement import read_statement

FORMATS = {"day": "%d/%m/%Y", "month": "%m/%d/%Y"}
DECIDES = {"day": "31/12/2023", "month": "12/31/2023"}


def read(*texts: str) -> Statement:
    files = [
        parse_file(Upload(f"{name}.csv", text.encode())) for name, text in zip("abc", texts, strict=False)
    ]
    return read_statement([grid for file in files for grid in file.grids])


def ends(statement: Statement) -> set[str]:
    return set(statement.period_ends.values())


def days(order: str, *texts: str) -> set[str]:
    return {datetime.datetime.strptime(text, FORMATS[order]).date().isoformat() for text in texts}


def told(statement: Statement) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (notice.message, notice.periods) for notice in statement.notices if notice.code == "ambiguous_date"
    ]


@pytest.mark.parametrize("order", ["day", "month"])
@pytest.mark.parametrize("unclear", ["03/04/2024", "01/10/2023", "12/06/2024"])
def test_another_heading_of_the_file_decides(order: str, unclear: str) -> None:
    statement = read(f"Item,{unclear},{DECIDES[order]}\nTotal assets,100,90\n")
    assert ends(statement) == days(order, unclear, DECIDES[order])
    assert told(statement) == []


@pytest.mark.parametrize("order", ["day", "month"])
@pytest.mark.parametrize("title", ["Printed {}", "Approved by the board on {} and signed by its chair."])
def test_a_date_beside_the_table_decides(order: str, title: str) -> None:
    dates = ("03/04/2024", "09/10/2024")
    table = f"Item,{','.join(dates)}\nTotal assets,100,90\n"
    statement = read(f"{title.format(DECIDES[order])}\n{table}")
    assert ends(statement) == days(order, *dates)
    assert told(statement) == []


def test_a_date_in_the_text_of_a_file_decides() -> None:
    table = parse_file(Upload("a.csv", b"Item,03/04/2024,09/10/2024\nTotal assets,100,90\n"))
    statement = read_statement(table.grids, texts={"a.csv": ["The board met on 25/03/2024."]})
    assert ends(statement) == days("day", "03/04/2024", "09/10/2024")
    text = b"The board of the company met on 25/03/2024 and approved the statements that follow below.\n\n"
    outcome = read_uploads(
        [Upload("a.txt", text + b"Item\t03/04/2024\t09/10/2024\nTotal assets\t100\t90\n")], Options()
    )
    assert isinstance(outcome.result, Numbers)
    assert ends(outcome.result.statement) == days("day", "03/04/2024", "09/10/2024")


@pytest.mark.parametrize("order", ["day", "month"])
def test_the_order_of_another_file_is_taken_and_said(order: str) -> None:
    dates = ("03/04/2024", "09/10/2024")
    statement = read(
        f"Item,{','.join(dates)}\nTotal assets,100,90\n", f"Item,{DECIDES[order]}\nTotal assets,80\n"
    )
    assert ends(statement) == days(order, *dates, DECIDES[order])
    [(message, periods), _] = told(statement)
    how = {"day": "day/month", "month": "month/day"}[order]
    assert f"03/04/2024 can be read as day/month and as month/day. It is read as {how}, the order" in message
    [end] = days(order, dates[0])
    assert [statement.period_ends[label] for label in periods] == [end]


@pytest.mark.parametrize("day", ["03/04", "01/04", "05-06"])
def test_the_same_day_of_several_years_is_read_as_the_years_and_said(day: str) -> None:
    dates = [f"{day}{day[2]}{year}" for year in (2024, 2023)]
    statement = read(f"Item,{','.join(dates)}\nRevenue,100,90\n\nItem,{','.join(dates)}\nTotal assets,7,6\n")
    assert [value.period for value in statement.line_items["revenue"]] == ["FY2024", "FY2023"]
    assert ends(statement) == {""}, "a day was guessed"
    both = "can be read as day/month and as month/day. It is read as the year"
    assert told(statement) == [
        (f"The date {date} {both} {year} without a day.", (f"FY{year}",))
        for date, year in zip(dates, (2024, 2023), strict=True)
    ]


@pytest.mark.parametrize(
    "heads",
    [
        "03/04/2024,06/04/2024",
        "03/04/2024,31/12/2023,12/31/2022",
        "Quarter ended 03/04/2024,Quarter ended 03/04/2023",
    ],
    ids=["nothing decides", "dates of either kind", "quarters"],
)
def test_what_cannot_be_decided_is_left_out_and_said(heads: str) -> None:
    statement = read(f"Item,{heads}\nRevenue,{','.join('9' * len(heads.split(',')))}\n")
    unclear = [head for head in heads.split(",") if "31" not in head]
    assert [message for message, _ in told(statement)] == [
        f"The date {head} can be read as day/month and as month/day. It is left out, with its column."
        for head in unclear
    ]
    assert len(statement.line_items.get("revenue", [])) == len(heads.split(",")) - len(unclear)


def test_the_same_number_twice_is_one_day() -> None:
    statement = read("Item,04/04/2024,07/07/2024\nTotal assets,100,90\n")
    assert (
        ends(statement)
        == days("day", "04/04/2024", "07/07/2024")
        == days("month", "04/04/2024", "07/07/2024")
    )
    assert told(statement) == []


@pytest.mark.parametrize("text", ["Phone 020-31-12", "Note 13/05/2024/7", "12.13/05/24", "Ratio 25/3"])
def test_other_numbers_with_slashes_decide_nothing(text: str) -> None:
    statement = read(f"{text}\nItem,03/04/2024,06/04/2024\nRevenue,100,90\n")
    assert len(told(statement)) == 2
