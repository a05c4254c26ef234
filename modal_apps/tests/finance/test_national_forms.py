"""Statements in the forms of countries: invented figures in the layouts that laws and tax forms prescribe."""

from __future__ import annotations

from typing import Any

import pytest
from finance.grid import Cell, Grid
from finance.ratios import compute_ratios
from finance.statement import Statement, read_statement


def read(text: str, sheet: str | None = None) -> Statement:
    """A sheet whose cells stand between bars; figures with commas are numbers, brackets make them negative."""
    rows = [[_cell(cell.strip()) for cell in line.split("|")] for line in text.strip().splitlines()]
    return read_statement([Grid("f.xlsx", sheet, rows)])


def _cell(text: str) -> Cell:
    plain = text.replace(",", "").replace(" ", "")
    negative = plain.startswith("(") and plain.endswith(")")
    digits = plain.strip("()")
    if digits.removeprefix("-").replace(".", "", 1).isdecimal() and not (
        len(plain) == 4 and plain[:2] in ("19", "20")
    ):
        return -float(digits) if negative else float(digits)
    return int(plain) if plain.isdecimal() else text or None


def newest(statement: Statement) -> dict[str, float]:
    return {key: values[0].value for key, values in statement.line_items.items()}


FRENCH_ASSETS = """
SARL EXEMPLE
BILAN - ACTIF | | Exercice clos le 31/12/2023 | | | 31/12/2022
 | | Brut | Amortissements, provisions | Net | Net
Fonds commercial | AH | 100,000 | | 100,000 | 100,000
Installations techniques | AR | 500,000 | 300,000 | 200,000 | 220,000
TOTAL (II) | BJ | 600,000 | 300,000 | 300,000 | 320,000
Matières premières | BL | 50,000 | 5,000 | 45,000 | 40,000
Clients et comptes rattachés | BX | 210,000 | 10,000 | 200,000 | 180,000
Disponibilités | CF | 155,000 | | 155,000 | 140,000
TOTAL (III) | CJ | 415,000 | 15,000 | 400,000 | 360,000
TOTAL GÉNÉRAL (I à VI) | CO | 1,015,000 | 315,000 | 700,000 | 680,000
"""
FRENCH_INCOME = """
COMPTE DE RÉSULTAT DE L'EXERCICE (en liste) | | 31/12/2023 | 31/12/2022
CHIFFRES D'AFFAIRES NETS | FL | 1,000,000 | 900,000
Dotations aux amortissements | GA | 45,000 | 40,000
1 - RÉSULTAT D'EXPLOITATION (I-II) | GG | 60,000 | 55,000
Intérêts et charges assimilées | GR | 6,000 | 7,000
Impôts sur les bénéfices | HK | 13,000 | 13,000
5 - BÉNÉFICE OU PERTE (Total des produits - total des charges) | HN | 40,000 | 35,000
"""
SPANISH_BALANCE = """
EMPRESA, S.A.
BALANCE DE SITUACIÓN AL 31 DE DICIEMBRE DE 2023
(Expresado en miles de euros)
ACTIVO | Notas | 2023 | 2022
A) ACTIVO NO CORRIENTE | | 500 | 480
B) ACTIVO CORRIENTE | | 400 | 370
II. Existencias | 9 | 120 | 110
III. Deudores comerciales y otras cuentas a cobrar | | 180 | 170
1. Clientes por ventas y prestaciones de servicios | 8 | 150 | 140
VII. Efectivo y otros activos líquidos equivalentes | 10 | 80 | 70
TOTAL ACTIVO (A + B) | | 900 | 850
PATRIMONIO NETO Y PASIVO | Notas | 2023 | 2022
A) PATRIMONIO NETO | | 400 | 360
VII. Resultado del ejercicio | 3 | 60 | 50
B) PASIVO NO CORRIENTE | | 250 | 260
II. Deudas a largo plazo | 12 | 240 | 250
2. Deudas con entidades de crédito | | 240 | 250
C) PASIVO CORRIENTE | | 250 | 230
III. Deudas a corto plazo | 12 | 60 | 50
2. Deudas con entidades de crédito | | 60 | 50
V. Acreedores comerciales y otras cuentas a pagar | | 190 | 180
1. Proveedores | | 150 | 140
TOTAL PATRIMONIO NETO Y PASIVO (A + B + C) | | 900 | 850
"""
GERMAN_BALANCE = """
Muster GmbH
Bilanz zum 31. Dezember 2023
AKTIVA | 31.12.2023 | 31.12.2022
 | EUR | TEUR
I. Sachanlagen | 310,000.00 | 322
I. Vorräte | 120,000.00 | 110
1. Forderungen aus Lieferungen und Leistungen | 180,000.00 | 170
III. Kassenbestand, Bundesbankguthaben, Guthaben bei Kreditinstituten und Schecks | 90,000.00 | 98
 | 700,000.00 | 700
PASSIVA | 31.12.2023 | 31.12.2022
 | EUR | TEUR
A. Eigenkapital
I. Gezeichnetes Kapital | 50,000.00 | 50
IV. Gewinnvortrag | 180,000.00 | 150
 | 230,000.00 | 200
B. Rückstellungen | 70,000.00 | 80
2. Verbindlichkeiten aus Lieferungen und Leistungen | 400,000.00 | 420
 | 700,000.00 | 700
"""
INDIAN_BALANCE = """
BALANCE SHEET AS AT 31ST MARCH, 2024 (Rs. in Lakhs)
Particulars | Note No. | As at 31.03.2024 | As at 31.03.2023
I. EQUITY AND LIABILITIES
(a) Share capital | 2 | 500.00 | 500.00
(b) Reserves and surplus | 3 | 2,500.00 | 2,200.00
(b) Trade payables | 6 | 900.00 | 850.00
TOTAL | | 3,900.00 | 3,550.00
II. ASSETS
(a) Inventories | 9 | 1,500.00 | 1,400.00
(b) Trade receivables | 10 | 2,400.00 | 2,150.00
TOTAL | | 3,900.00 | 3,550.00
"""


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (FRENCH_ASSETS, {"receivables": 200_000, "cash": 155_000, "total_assets": 700_000}),
        (
            FRENCH_INCOME,
            {
                **{"revenue": 1_000_000, "operating_income": 60_000, "interest_expense": 6_000},
                **{"tax_expense": 13_000, "net_income": 40_000, "depreciation_amortization": 45_000},
            },
        ),
        (
            SPANISH_BALANCE,
            {
                **{"current_assets": 400_000, "inventory": 120_000, "receivables": 150_000, "cash": 80_000},
                **{"total_assets": 900_000, "equity": 400_000, "current_liabilities": 250_000},
                **{"long_term_debt": 240_000, "short_term_debt": 60_000, "payables": 150_000},
            },
        ),
        (
            GERMAN_BALANCE,
            {
                **{"inventory": 120_000, "receivables": 180_000, "cash": 90_000, "total_assets": 700_000},
                **{"equity": 230_000, "payables": 400_000},
            },
        ),
        (
            INDIAN_BALANCE,
            {
                **{"equity": 300_000_000, "payables": 90_000_000, "total_assets": 390_000_000},
                **{"inventory": 150_000_000, "receivables": 240_000_000},
            },
        ),
    ],
    ids=["French assets, net", "French income", "Spanish balance", "German balance", "Indian balance"],
)
def test_each_line_of_a_national_form_is_read_and_nothing_else(text: str, right: dict[str, float]) -> None:
    assert newest(read(text)) == right


def test_the_first_of_two_totals_of_a_side_is_not_all_of_it() -> None:
    without_last = FRENCH_ASSETS.replace(
        "TOTAL GÉNÉRAL (I à VI) | CO | 1,015,000 | 315,000 | 700,000 | 680,000", ""
    )
    assert "total_assets" not in newest(read(without_last))


def test_thousands_of_pesos_are_no_millions_of_dollars() -> None:
    rows = (
        "\n{label} | 31-12-2023 | 31-12-2022\n"
        "Activos corrientes totales | 24,468 | 19,400\nTotal de activos | 74,468 | 70,400"
    )
    title = "Estado de Situación Financiera"
    assert newest(read(title + rows.format(label="M$")))["total_assets"] == 74_468_000
    assert newest(read(title + rows.format(label="MM$")))["total_assets"] == 74_468_000_000


def test_years_that_only_the_title_names() -> None:
    text = (
        "Bilanz zum 31.12.2023\nAktivseite | Geschäftsjahr EUR | Vorjahr TEUR\n"
        "Vorräte | 5,000.00 | 4\nSumme der Aktiva | 9,000.00 | 8"
    )
    found = read(text).line_items["total_assets"]
    assert [(one.period, one.value) for one in found] == [("FY2023", 9000), ("FY2022", 8000)]
    assert read(text.replace(" zum 31.12.2023", "")).line_items == {}


@pytest.mark.parametrize(
    ("headings", "value"),
    [
        ("2023 | 2022 (restated) | 2022 (as reported)", 930),
        ("2023 | 2022 (as previously reported) | 2022", 950),
        ("2023 | 2022 retraité | 2022 publié", 930),
        ("2023 | 2022 (reexpresado) | 2022", 930),
        ("31.12.2023 | 31.12.2022 (angepasst) | 31.12.2022", 930),
    ],
)
def test_the_restated_year_wins_and_says_so(headings: str, value: float) -> None:
    statement = read(
        f"Income statement\nEUR million | {headings}\nRevenue | 1,000.5 | 930 | 950\nNet income | 70 | 61 | 63"
    )
    by_period = {one.period: one.value for one in statement.line_items["revenue"]}
    assert by_period == {"FY2023": 1_000_500_000, "FY2022": value * 1_000_000}
    assert "restated_used" in [one.code for one in statement.notices]


def test_two_unmarked_columns_of_one_year_are_never_mixed() -> None:
    statement = read("Income statement\nEUR million | 2023 | 2022 | 2022\nRevenue | 1,000.5 | 930 | 950")
    assert [one.period for one in statement.line_items["revenue"]] == ["FY2023"]
    assert [(one.item, one.period) for one in statement.withheld] == [("revenue", "FY2022")]


def test_what_an_export_calls_operating_profit_and_total_liabilities() -> None:
    statement = read(
        "Narration | Mar 2023 | Mar 2024\nSales | 1,100 | 1,250\nOperating Profit | 230 | 270\nOther Income | 12 | 15\n"
        "Interest | 22 | 25\nDepreciation | 44 | 48\nProfit before tax | 176 | 212\nNet Profit | 132 | 159\n"
        "Equity Capital | 100 | 100\nReserves | 600 | 720\nTotal Liabilities | 1,070 | 1,210\n"
        "Total Assets | 1,070 | 1,210"
    )
    found = newest(statement)
    assert (found["ebitda"], found["equity"]) == (270, 820)
    assert {"operating_income", "total_liabilities"} & set(found) == set()
    ratios: dict[str, Any] = {one.key: one for one in compute_ratios(statement) if one.period == "FY2024"}
    assert (ratios["liabilities_to_assets"].value, ratios["liabilities_to_assets"].status) == (
        None,
        "withheld",
    )
    assert statement.notices[-1].code == "unit_not_named"


def test_an_operating_profit_after_depreciation_stays_one() -> None:
    found = newest(
        read(
            "Income statement, EUR million | 2024 | 2023\nRevenue | 1,250 | 1,100\nOperating Profit | 222 | 186\n"
            "Interest | 25 | 22\nDepreciation (included above) | 48 | 44\nProfit before tax | 197 | 164"
        )
    )
    assert (found["operating_income"], "ebitda" in found) == (222_000_000, False)


@pytest.mark.parametrize(
    ("heading", "months"),
    [
        ("1. Juli 2023 bis 31. Dezember 2023", "6 months to Dec 2023"),
        ("01.01.-31.12.2023", "FY2023"),
        ("01-01-2023 31-12-2023", "FY2023"),
        ("du 1er janvier au 31 décembre 2023", "FY2023"),
        ("Del 1 de enero al 31 de diciembre de 2023", "FY2023"),
        ("1 April 2022 to 31 March 2023", "FY2023"),
        ("2023-12", "FY2023"),
        ("12/2023", "FY2023"),
    ],
)
def test_headings_with_a_first_and_a_last_day(heading: str, months: str) -> None:
    assert [
        one.label
        for one in read(f"GuV in TEUR | {heading}\nUmsatzerlöse | 12,000\nJahresüberschuss | 500").periods
    ] == [months]
