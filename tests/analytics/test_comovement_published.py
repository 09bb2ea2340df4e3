"""Ouyang and Chang (2011), tables 1 to 4: what their printed numbers say of each other.

The numbers are facts of the paper, as printed; where one cannot be right the test says which, and
what it must be (E-001.5 to E-001.9).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spillgraph.analytics.comovement import correlation_pvalues

#: Table 1: share of R&D and of output in %, correlation of own growth; goods of one panel each.
NONDURABLE = {
    "Food": (1.98, 2.56, 0.0741),
    "Textiles": (0.51, 1.19, 0.1255),
    "Paper": (1.08, 0.80, -0.0787),
    "Industrial chemicals": (11.38, 0.80, -0.1069),
    "Drugs": (3.24, 0.23, 0.2243),
    "Other chemicals": (2.49, 0.57, -0.1501),
    "Petroleum": (6.01, 0.43, -0.3144),
    "Rubber": (1.75, 0.41, 0.2454),
}
DURABLE = {
    "Lumber": (0.31, 0.94, 0.0193),
    "Stone": (1.71, 0.87, 0.3255),
    "Ferrous metals": (2.00, 1.39, 0.0327),
    "Non-ferrous metals": (1.00, 0.50, -0.0690),
    "Metal products": (2.70, 1.59, 0.1050),
    "Machinery": (11.26, 2.13, 0.1627),
    "Electronics": (6.50, 0.23, 0.4594),
    "Other equipment": (9.74, 0.73, 0.0612),
    "Autos": (14.39, 1.26, 0.4363),
    "Aerospace": (8.56, 1.53, 0.3736),
    "Scientific instruments": (1.62, 0.34, -0.0537),
    "Other instruments": (2.42, 0.19, 0.3484),
    "Miscellaneous": (1.54, 1.85, 0.4078),
}
OTHERS = {"Non-manufacturing": (7.81, 79.48, -0.0158)}
MANUFACTURING = (92.19, 20.52, 0.4078)
CAPITAL_GOODS = ["Machinery", "Electronics", "Other equipment", "Autos", "Aerospace"]

#: Table 2: actual, estimated, within and cross, all times 10⁴, and cross ÷ estimated in %.
DECOMPOSED = {
    ("A", "var_Y"): (4.51, 5.31, 3.08, 2.23, 42.00),
    ("A", "var_R"): (11.71, 12.00, 12.68, -0.68, -5.67),
    ("A", "cov"): (2.44, 3.18, 1.57, 1.61, 50.63),
    ("B", "var_Y"): (4.51, 4.69, 2.38, 2.31, 49.25),
    ("B", "var_R"): (11.71, 12.00, 12.95, -0.95, -7.92),
    ("B", "cov"): (2.44, 2.86, 0.25, 2.61, 91.25),
    ("C", "var_Y"): (4.51, 5.47, 1.94, 3.52, 64.35),
    ("C", "var_R"): (11.71, 10.45, 9.03, 1.42, 13.56),
    ("C", "cov"): (2.44, 2.82, 0.16, 2.66, 94.37),
}

#: Table 3: correlation of R&D (row) and output (column) growth, p-value, stars.
TABLE_3 = {
    ("non-durable", "non-durable"): (-0.1413, 0.3845, ""),
    ("non-durable", "durable"): (-0.1099, 0.4998, ""),
    ("non-durable", "others"): (-0.0908, 0.5775, ""),
    ("durable", "non-durable"): (0.5068, 0.0008, "***"),
    ("durable", "durable"): (0.2757, 0.0851, "*"),
    ("durable", "others"): (0.4896, 0.0013, "**"),
    ("others", "non-durable"): (-0.3455, 0.0290, "**"),
    ("others", "durable"): (-0.3133, 0.0490, "**"),
    ("others", "others"): (-0.0912, 0.5757, ""),
}

#: Table 4: R-Comove × 10³, its fraction in %, Y-Comove × 10³, its fraction in %.
PANEL_B = {
    "Non-manufacturing": (-0.0161, -14.76, 0.2030, 77.88),
    "Non-durable": (-0.0161, -6.18, 0.0793, 30.41),
    "Durable": (0.3152, 120.95, -0.0216, -8.30),
}
PANEL_C = {
    "Non-manufacturing": (-0.0282, -10.59, 0.1790, 67.29),
    "Food": (0.0007, 0.27, -0.0007, -0.27),
    "Textiles": (0.0039, 1.45, 0.0006, 0.22),
    "Paper": (-0.0030, -1.12, 0.0049, 1.85),
    "Industrial chemicals": (-0.0232, -8.74, 0.0051, 1.92),
    "Drugs": (-0.0003, -0.12, 0.00031, 0.13),
    "Other chemicals": (-0.0003, -4.26, 0.0003, 0.66),
    "Petroleum": (-0.0098, -3.70, 0.0003, 0.12),
    "Rubber": (0.0100, 3.75, 0.0013, 0.49),
    "Lumber": (-0.0008, -0.32, 0.0014, 0.52),
    "Stone": (0.0190, 7.13, 0.0015, 0.57),
    "Ferrous metals": (0.0031, 1.17, 0.0105, 3.95),
    "Non-ferrous metals": (0.0002, 0.08, 0.0032, 1.21),
    "Metal products": (0.0070, 2.65, 0.0101, 3.79),
    "Machinery": (0.0591, 22.21, 0.0116, 4.36),
    "Electronics": (0.0547, 20.56, 0.0022, 0.82),
    "Other equipment": (0.0356, 13.39, 0.0050, 1.87),
    "Autos": (0.1168, 43.92, 0.0001, 0.04),
    "Aerospace": (0.0248, 9.34, 0.0134, 5.03),
    "Scientific instruments": (-0.0087, -3.26, 0.0041, 1.56),
    "Other instruments": (0.0112, 4.23, 0.0006, 0.21),
    "Miscellaneous": (0.0052, 1.97, 0.0097, 3.65),
}
#: What E-001.8 puts in place of two rows.
MENDED = {"Other chemicals": (-0.0113, -4.26, 0.0018, 0.66)}


def industries() -> pd.DataFrame:
    rows = OTHERS | NONDURABLE | DURABLE
    return pd.DataFrame.from_dict(rows, orient="index", columns=["R", "Y", "own"])


def comoves(**mended: tuple[float, ...]) -> pd.DataFrame:
    rows = PANEL_C | {name.replace("_", " "): row for name, row in mended.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["R", "R%", "Y", "Y%"])


def significance(p: float) -> str:
    return "***" if p < 0.01 else "**" if p < 0.05 else "*" if p < 0.1 else ""


# -- table 2 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", DECOMPOSED)
def test_within_and_cross_are_estimated_to_rounding(row: tuple[str, str]) -> None:
    _, estimated, within, cross, percent = DECOMPOSED[row]
    assert within + cross == pytest.approx(estimated, abs=0.015)
    low, high = sorted(100 * (cross + k * 0.005) / (estimated - k * 0.005) for k in (-1, 1))
    assert low - 0.005 <= percent <= high + 0.005


def test_within_share_is_what_the_conclusion_says_and_not_the_abstract() -> None:
    """E-001.5: 5.63%, in place of the abstract's 5.67%, which is Var(R) of panel A."""
    assert 100 - DECOMPOSED["C", "cov"][4] == pytest.approx(5.63, abs=1e-9)
    assert DECOMPOSED["A", "var_R"][4] == -5.67


# -- table 3 ---------------------------------------------------------------------------------------


def test_forty_years_reproduce_the_nine_p_values() -> None:
    for r, p, _ in TABLE_3.values():
        ends = sorted(correlation_pvalues([r - 5e-5, r + 5e-5], 40))
        assert ends[0] - 5e-5 <= p <= ends[1] + 5e-5


def test_no_other_number_of_years_does() -> None:
    def missed(n: int) -> float:
        return max(abs(correlation_pvalues(r, n) - p) for r, p, _ in TABLE_3.values())

    assert missed(40) < 3e-4 < min(missed(39), missed(41))


def test_stars_follow_from_p_but_for_one() -> None:
    """E-001.9: .4896 with p = .0013 is significant at 1%, and has two stars."""
    wrong = [pair for pair, (_, p, stars) in TABLE_3.items() if significance(p) != stars]
    assert wrong == [("durable", "others")]


# -- table 1 ---------------------------------------------------------------------------------------


def test_manufacturing_totals_are_the_sums_of_the_rows() -> None:
    table = industries()
    goods = table.drop("Non-manufacturing")[["R", "Y"]].sum()
    np.testing.assert_allclose(goods, [92.19, 20.54], atol=0.005)
    assert abs(goods["Y"] - MANUFACTURING[1]) <= 21 * 0.005
    np.testing.assert_allclose(table[["R", "Y"]].sum(), 100, atol=22 * 0.005)


def test_sub_totals_do_not_follow_from_the_rows() -> None:
    """E-001.6: printed 25.65 and 8.07, 66.54 and 12.45."""
    table = industries()
    np.testing.assert_allclose(table.loc[list(NONDURABLE), ["R", "Y"]].sum(), [28.44, 6.99])
    np.testing.assert_allclose(table.loc[list(DURABLE), ["R", "Y"]].sum(), [63.75, 13.55])
    printed = np.array([[25.65, 8.07], [66.54, 12.45]])
    np.testing.assert_allclose(printed.sum(axis=0), MANUFACTURING[:2], atol=0.005)


def test_seven_own_correlations_are_negative_and_fifteen_positive() -> None:
    """E-001.7: the text says six and sixteen; two numbers are suspect."""
    own = industries()["own"]
    assert (own < 0).sum() == 7 and (own > 0).sum() == 15
    assert own["Miscellaneous"] == MANUFACTURING[2]
    assert own["Non-manufacturing"] != TABLE_3["others", "others"][0]


# -- table 4 ---------------------------------------------------------------------------------------


def test_columns_of_panel_c_sum_to_the_cross_component_once_one_row_is_mended() -> None:
    """E-001.8: Other chemicals are −.0113 and .0018, as their fractions say."""
    cross = DECOMPOSED["C", "cov"][3] / 10
    assert comoves()["R"].sum() == pytest.approx(cross + 0.0110, abs=5e-4)
    mended = comoves(Other_chemicals=MENDED["Other chemicals"])
    np.testing.assert_allclose(mended[["R", "Y"]].sum(), cross, atol=5e-5 * 22**0.5)
    np.testing.assert_allclose(mended[["R%", "Y%"]].sum(), 100, atol=0.05)
    for side in "RY":
        off = (100 * mended[side] / cross - mended[f"{side}%"]).abs()
        rounding = 100 * 5e-5 / cross + mended[f"{side}%"].abs() * 5e-4 / cross + 0.005
        assert (off <= rounding).all()


def test_columns_of_panel_b_sum_to_the_cross_component_once_one_number_is_mended() -> None:
    """E-001.8: Non-manufacturing R-Comove is −.0385, −14.76% of .261; printed as its neighbour."""
    cross = DECOMPOSED["B", "cov"][3] / 10
    R = pd.Series({name: row[0] for name, row in PANEL_B.items()})
    assert R.sum() == pytest.approx(0.2830, abs=1e-9)
    R["Non-manufacturing"] = -0.0385
    assert R.sum() == pytest.approx(cross, abs=5e-4)
    assert 100 * R["Non-manufacturing"] / cross == pytest.approx(-14.76, abs=0.05)
    assert sum(row[2] for row in PANEL_B.values()) == pytest.approx(cross, abs=5e-4)
    for column in (1, 3):
        assert sum(row[column] for row in PANEL_B.values()) == pytest.approx(100, abs=0.02)


def test_signs_and_capital_goods_are_those_of_the_text() -> None:
    table = comoves(Other_chemicals=MENDED["Other chemicals"])
    assert (table["R"] > 0).sum() == 14 and (table["Y"] > 0).sum() == 21
    shares = industries().loc[CAPITAL_GOODS, ["R", "Y"]].sum()
    np.testing.assert_allclose(shares, [50.45, 5.88])
    assert table.loc[CAPITAL_GOODS, "R%"].sum() == pytest.approx(109.42)
