"""`python make_samples.py`: writes the sample statement of an invented company as xlsx, csv and pdf."""

from __future__ import annotations

import csv
import datetime
import io
import textwrap
from pathlib import Path

import openpyxl
from openpyxl.styles import Font
from pdf_writer import write_pdf

SAMPLES = Path(__file__).resolve().parents[2] / "finbert" / "samples"
COMPANY = "Northwind Instruments, Inc."
UNITS = "USD in thousands, except where stated"
YEARS = ["FY2025", "FY2024", "FY2023", "FY2022"]
# Keeps the workbook's metadata the same from one run to the next.
SAVED = datetime.datetime(2026, 3, 2, 9, 0)

Row = tuple[str, list[int]]

INCOME: list[Row] = [
    ("Revenue", [184_600, 168_200, 149_700, 138_900]),
    ("Cost of goods sold", [-101_500, -94_200, -85_300, -80_600]),
    ("Gross profit", [83_100, 74_000, 64_400, 58_300]),
    ("Research and development", [18_400, 16_800, 15_300, 14_200]),
    ("Selling, general and administrative", [31_900, 29_800, 27_600, 26_100]),
    ("Depreciation and amortization", [7_800, 7_200, 6_700, 6_300]),
    ("Total operating expenses", [58_100, 53_800, 49_600, 46_600]),
    ("Operating income", [25_000, 20_200, 14_800, 11_700]),
    ("Interest expense", [-2_100, -2_400, -2_600, -2_700]),
    ("Income before tax", [22_900, 17_800, 12_200, 9_000]),
    ("Income tax expense", [5_267, 4_094, 2_806, 2_070]),
    ("Net income", [17_633, 13_706, 9_394, 6_930]),
]
BALANCE: list[Row] = [
    ("Cash and cash equivalents", [11_033, 7_700, 9_194, 11_600]),
    ("Short-term investments", [9_000, 8_000, 6_000, 5_000]),
    ("Accounts receivable, net", [30_300, 27_600, 24_600, 22_800]),
    ("Inventories", [22_900, 21_700, 19_900, 18_800]),
    ("Other current assets", [4_200, 3_900, 3_600, 3_400]),
    ("Total current assets", [77_433, 68_900, 63_294, 61_600]),
    ("Property, plant and equipment", [86_000, 82_900, 80_000, 78_000]),
    ("Total assets", [163_433, 151_800, 143_294, 139_600]),
    ("Accounts payable", [15_800, 14_700, 13_300, 12_600]),
    ("Accrued liabilities", [11_400, 10_500, 9_600, 9_000]),
    ("Short-term debt", [4_000, 4_000, 4_000, 4_000]),
    ("Total current liabilities", [31_200, 29_200, 26_900, 25_600]),
    ("Long-term debt", [30_000, 34_000, 38_000, 42_000]),
    ("Total liabilities", [61_200, 63_200, 64_900, 67_600]),
    ("Total shareholders' equity", [102_233, 88_600, 78_394, 72_000]),
    ("Total liabilities and shareholders' equity", [163_433, 151_800, 143_294, 139_600]),
]
CASH_FLOW: list[Row] = [
    ("Net cash provided by operating activities", [23_233, 18_106, 14_294, 11_130]),
    ("Purchases of property, plant and equipment", [-10_900, -10_100, -8_700, -8_100]),
    ("Dividends paid", [-4_000, -3_500, -3_000, -2_800]),
    ("Net cash used in financing activities", [-8_000, -7_500, -7_000, -6_800]),
]
COMMENTARY = [
    "Revenue grew strongly in the year as demand for our sensors increased in every region.",
    "Gross margin improved because of higher prices and better efficiency in production.",
    "We reduced debt again and cash flow from operations reached a record level.",
    "Freight costs rose sharply in the second quarter and caused delays for some customers.",
    "The weak euro led to a loss of 0.9 million dollars on currency contracts.",
    "The company opened an office in Lyon in March.",
    "The annual meeting takes place on 14 May in Portland.",
    "We expect profit to rise further next year as new orders remain strong.",
]


def workbook() -> openpyxl.Workbook:
    """The statement on four sheets."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = SAVED
    book.remove(book.active)
    for title, rows in (("Income statement", INCOME), ("Balance sheet", BALANCE), ("Cash flow", CASH_FLOW)):
        sheet = book.create_sheet(title)
        sheet.append([COMPANY])
        sheet.append([f"{title}, {UNITS}"])
        sheet.append(["", *YEARS])
        for label, values in rows:
            sheet.append([label, *values])
            for cell in sheet[sheet.max_row][1:]:
                cell.number_format = "#,##0;(#,##0)"
        sheet["A1"].font = Font(bold=True)
        sheet.column_dimensions["A"].width = 44
    notes = book.create_sheet("Management commentary")
    notes.append(["Management commentary, fiscal year 2025"])
    for sentence in COMMENTARY:
        notes.append([sentence])
    notes.column_dimensions["A"].width = 100
    return book


def csv_text() -> str:
    """The numbers alone, as an accounting program exports them: brackets for negatives, quoted groups."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([f"{COMPANY} ({UNITS})"])
    writer.writerow(["Item", *YEARS])
    for rows in (INCOME, BALANCE, CASH_FLOW):
        writer.writerows([label, *map(_printed, values)] for label, values in rows)
    return out.getvalue()


def pdf_bytes() -> bytes:
    """The statement as a report prints it: a table on each page, and the commentary."""
    pages = [
        [COMPANY, f"{title}, {UNITS}", "", " " * 46 + "".join(f"{year:>12}" for year in YEARS)]
        + [f"{label:<46}" + "".join(f"{_printed(value):>12}" for value in values) for label, values in rows]
        for title, rows in (
            ("Income statement", INCOME),
            ("Balance sheet", BALANCE),
            ("Cash flow", CASH_FLOW),
        )
    ]
    commentary = [line for sentence in COMMENTARY for line in (*textwrap.wrap(sentence, 70), "")]
    return write_pdf([*pages, ["Management commentary, fiscal year 2025", "", *commentary]])


def _printed(value: int) -> str:
    return f"({-value:,})" if value < 0 else f"{value:,}"


if __name__ == "__main__":
    SAMPLES.mkdir(exist_ok=True)
    workbook().save(SAMPLES / "statement.xlsx")
    (SAMPLES / "statement.csv").write_text(csv_text())
    (SAMPLES / "statement.pdf").write_bytes(pdf_bytes())
