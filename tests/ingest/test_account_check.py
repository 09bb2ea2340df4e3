"""Tables in another unit, turned round or with totals inside do not pass without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.study import load_study
from spillgraph.runs.pipeline import check, check_tables
from spillgraph.runs.result import input_warnings
from spillgraph.runs.steps import Steps

ROOT = Path(__file__).parents[2]
STUDY = """
[study]
name = "A printed table"
target = "s"

[tables.io_flows]
file = "flows.csv"
classification = "s"

[tables.io_output]
file = "output.csv"
classification = "s"
"""
LIST = '\n[[tables.industries]]\nfile = "sectors.csv"\nclassification = "s"\n'
WARN = '\n[options]\naccounts = "warn"\n'

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., list[str]]:
    """Check a study of flows and output, and return what it says before all numbers."""

    def say(flows: pd.DataFrame, output: pd.DataFrame, more: str = LIST) -> list[str]:
        flows.to_csv(tmp_path / "flows.csv", index=False)
        output.to_csv(tmp_path / "output.csv", index=False)
        codes = output["industry"].unique()
        pd.DataFrame({"code": codes}).to_csv(tmp_path / "sectors.csv", index=False)
        (tmp_path / "study.toml").write_text(STUDY + more, encoding="utf-8")
        study = load_study(tmp_path / "study.toml")
        with duckdb.connect() as con:  # what check begins with: S is not looked at here
            found = check_tables(con, study, tmp_path / "checked", None, lambda *_: None)
        return input_warnings(*found)

    return say


def balanced(n: int = 8, seed: int = 2, year: int = 2010) -> Frames:
    rng = np.random.default_rng(seed)
    Z = np.round(rng.lognormal(4, 1, (n, n)))  # supplier × user
    codes = [f"{i:02}x" for i in range(n)]
    x = np.round(np.maximum(Z.sum(axis=0), Z.sum(axis=1)) * rng.uniform(1.4, 2.2, n))
    flows = pd.DataFrame(Z, pd.Index(codes, name="supplier"), codes)
    flows = flows.melt(ignore_index=False, var_name="user").reset_index().assign(year=year)
    output = pd.DataFrame(
        {
            "industry": codes,
            "year": year,
            "gross_output": x,
            "value_added": x - Z.sum(axis=0),
            "final_demand": x - Z.sum(axis=1),
        }
    )
    return flows, output


def exchanged(flows: pd.DataFrame) -> pd.DataFrame:
    return flows.rename(columns={"supplier": "user", "user": "supplier"})


def times(frame: pd.DataFrame, factor: float, *columns: str) -> pd.DataFrame:
    return frame.assign(**{each: frame[each] * factor for each in columns or ("value",)})


@pytest.mark.parametrize("factor", [1e-3, 1e3, 1e-6])
@pytest.mark.parametrize("known", [[], ["value_added"], ["final_demand"]])
def test_another_unit_and_exchanged_columns_are_both_named_with_both_remedies(
    told, factor, known
) -> None:
    flows, output = balanced()
    output = output.drop(columns=known)
    with pytest.raises(InputError) as error:
        told(times(exchanged(flows), factor), output)
    said = str(error.value)
    assert "With supplier and user exchanged, or value added and final demand, and the" in said
    assert "another unit, and exchanged columns. Give all amounts in one unit." in said
    names = (
        "Look which it is, and exchange their names, under [tables.io_flows] or [tables.io_output]"
    )
    assert f" {names}, too." in said
    assert told(flows, output) == []  # both remedies
    with pytest.raises(InputError, match="exchanged, or value added and final demand, they fit"):
        told(exchanged(flows), output)  # the first of them


def test_a_balanced_table_passes_without_a_word(told) -> None:
    flows, output = balanced()
    assert told(flows, output) == []
    (text,) = told(flows, output[["industry", "year", "gross_output"]])
    assert text.startswith("The accounts of 2010 cannot be checked")


@pytest.mark.parametrize("known", [1, 7])
def test_accounts_of_few_sectors_are_told_to_be_no_more(told, known) -> None:
    flows, output = balanced(seed=3)
    del output["final_demand"]
    output.loc[known:, "value_added"] = np.nan
    share = output["gross_output"][:known].sum() / output["gross_output"].sum()
    assert (share < 0.9) == (known == 1)
    wanted = (
        f"The accounts of 2010 are those of 1 of 8 sectors, with {share:.2%} of gross output: of "
        "the others neither value added nor final demand is known, so a wrong unit"
    )
    assert [text.startswith(wanted) for text in told(flows, output)] == [True] * (known == 1)
    assert told(flows, output.assign(final_demand=balanced(seed=3)[1]["final_demand"])) == []


def test_imports_missing_in_one_sector_are_not_0_and_it_is_not_checked(told) -> None:
    flows, output = balanced(seed=3)
    largest = int(output["value_added"].idxmax())
    code = output["industry"][largest]
    output["imports"] = 0.2 * output["value_added"].where(output.index != largest)
    output["value_added"] *= 0.8  # the largest sector pays abroad as well, and no table says it
    del output["final_demand"]
    (text,) = [each for each in told(flows, output) if "imports" in each]
    assert text == (
        f"In 2010 imports of {code!r} are missing and others have them: what is missing is not 0, "
        "so their output is not held against what they pay, and what remains beside a known value "
        "added is shown as imports. Write 0 where there are none."
    )
    assert not any("do not add up" in each for each in told(flows, output))
    output.loc[largest, "imports"] = 0.0  # said to be none: then its accounts are off
    errors = told(flows, output)
    assert any("do not add up" in each and f"worst in {code!r}" in each for each in errors)
    del output["value_added"]
    output.loc[largest, "imports"] = np.nan
    (text,) = [each for each in told(flows, output) if "imports of" in each]
    assert "what of their leak is value added is not known, and it is shown as unexplained" in text
    output["imports"] = np.nan
    assert not any("imports of" in each for each in told(flows, output))


@pytest.mark.parametrize("lacking", [[], ["final_demand"], ["value_added"]])
@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e-2, 10.0, 1e3])
def test_another_unit_stops_with_both_misfits_and_the_factor(told, factor, lacking) -> None:
    flows, output = balanced()
    output = output.drop(columns=lacking)
    by = f"{1 / factor:,.0f}" if factor < 1 else f"{1 / factor:g}"
    pattern = rf"accounts of 2010 do not add up: .*\d.* With the flows multiplied by {by} they fit"
    with pytest.raises(InputError, match=pattern):
        told(times(flows, factor), output)
    (text,) = told(times(flows, factor), output, LIST + WARN)
    assert f"multiplied by {by} they fit to 0.0%" in text and "another unit" in text


@pytest.mark.parametrize("what", ["gross_output", "value_added", "final_demand"])
def test_so_does_another_unit_of_output_value_added_or_demand(told, what: str) -> None:
    flows, output = balanced()
    name = what.replace("_", " ")
    with pytest.raises(InputError, match=f"With {name} multiplied by 0.001 they fit to 0.0% and"):
        told(flows, times(output, 1e3, what))


def test_supplier_and_user_exchanged_stop_with_the_remedy(told) -> None:
    flows, output = balanced()
    pattern = (
        "With supplier and user exchanged, or value added and final demand, they fit to 0.0% and "
        r"0.0%. Look which it is.*\[tables.io_flows\] or \[tables.io_output\]"
    )
    crossed = output.rename(columns={"value_added": "final_demand", "final_demand": "value_added"})
    for wrong, given in ((exchanged(flows), output), (flows, crossed)):
        with pytest.raises(InputError, match=pattern):
            told(wrong, given)
    with pytest.raises(InputError, match="demand, and the flows multiplied by 1,000 they fit"):
        told(times(exchanged(flows), 1e-3), output)


def test_imports_tell_exchanged_flows_from_exchanged_margins(told) -> None:
    flows, output = balanced()
    output["imports"] = 0.3 * output["value_added"]
    output["value_added"] *= 0.7
    crossed = output.rename(columns={"value_added": "final_demand", "final_demand": "value_added"})
    with pytest.raises(InputError, match=r"With supplier and user exchanged they fit to 0\.0% and"):
        told(exchanged(flows), output)
    with pytest.raises(InputError, match="With value added and final demand exchanged they fit to"):
        told(flows, crossed)


@pytest.mark.parametrize(("whole", "of"), [(1.0, "shares"), (100.0, "per cent")])
def test_shares_in_place_of_flows_are_no_closed_class(told, whole: float, of: str) -> None:
    flows, output = balanced()
    x = flows["user"].map(output.set_index("industry")["gross_output"])
    inputs = flows.groupby("user")["value"].transform("sum")
    with pytest.raises(InputError, match=f"{of} of the user's output they fit to 0.0%"):
        told(flows.assign(value=whole * flows["value"] / x), output)
    alone = output[["industry", "year", "gross_output"]]
    for known in (output, alone):
        with pytest.raises(InputError, match="flows of 2010 are shares and no amounts"):
            told(flows.assign(value=whole * flows["value"] / inputs), known)


def test_flows_and_output_alone_are_checked_as_far_as_they_go(told) -> None:
    flows, output = balanced()
    output = output[["industry", "year", "gross_output"]]
    pattern = r"inputs exceed gross output in 8 of 8 sectors .*Divided by 10\^3 the flows would"
    with pytest.raises(InputError, match=pattern):
        told(times(flows, 1e3), output)
    (text,) = told(times(flows, 1e-4), output)
    assert "inputs are tiny against gross output" in text
    all_inputs = output.assign(gross_output=flows.groupby("user")["value"].sum().to_numpy())
    with pytest.raises(InputError, match="inputs are all of gross output in 8 of 8 sectors"):
        told(flows, all_inputs)


def test_domestic_flows_are_a_remark_that_names_the_imports(told) -> None:
    flows, output = balanced()
    (text,) = told(times(flows, 0.9), output.drop(columns="final_demand"))
    assert "the flows are domestic" in text and "column imports of io_output" in text
    imports = 0.1 * flows.groupby("user")["value"].sum()
    known = output.drop(columns="final_demand").assign(imports=imports.to_numpy())
    assert told(times(flows, 0.9), known) == []


def test_one_sector_of_many_that_is_off_is_named(told) -> None:
    flows, output = balanced(40)
    ends = flows[["supplier", "user"]].eq("00x").any(axis=1)
    flows["value"] = np.where(ends, flows["value"] * 0.01, flows["value"])
    inputs, sales = (flows.groupby(end)["value"].sum().to_numpy() for end in ("user", "supplier"))
    output["value_added"] = output["gross_output"] - inputs
    output["final_demand"] = output["gross_output"] - sales
    output.loc[0, "gross_output"] = 2 * (inputs[0] + sales[0])
    output.loc[0, "value_added"] = 5 * output.loc[0, "gross_output"]
    output.loc[0, "final_demand"] = output.loc[0, "gross_output"] - sales[0]
    (text,) = told(flows, output)
    assert "The accounts of 2010 add up on the whole, but not in '00x' (inputs and " in text
    assert "value added exceed its gross output by 4" in text


@pytest.mark.parametrize(("output", "named"), [(1, False), (40, True)])
def test_the_last_digit_of_a_tiny_sector_is_rounding(told, output, named) -> None:
    flows, table = balanced(40)
    ends = flows[["supplier", "user"]].eq("00x").any(axis=1)
    flows["value"] = np.where(ends, 0.0, flows["value"])
    inputs, sales = (flows.groupby(end)["value"].sum().to_numpy() for end in ("user", "supplier"))
    table["value_added"] = table["gross_output"] - inputs
    table["final_demand"] = table["gross_output"] - sales
    table.loc[0, "gross_output"] = output
    table.loc[0, "value_added"] = 0.0
    table.loc[0, "final_demand"] = output
    texts = told(flows[flows["value"] > 0], table)
    assert any("but not in '00x'" in text for text in texts) is named, texts


def test_each_year_is_judged_by_itself(told) -> None:
    first, second = balanced(year=2010), balanced(seed=3, year=2015)
    output = pd.concat([first[1], second[1]])
    with pytest.raises(InputError, match="accounts of 2015 do not"):
        told(pd.concat([first[0], times(second[0], 1e3)]), output)
    texts = told(pd.concat([first[0], second[0] * 1]), output)
    assert texts == []


def test_a_sector_that_supplies_and_makes_nothing_is_named(told) -> None:
    flows, output = balanced()
    extra = pd.DataFrame({"supplier": "Sum", "user": "01x", "value": 7.0, "year": [2010]})
    texts = told(pd.concat([flows, extra]), output, more="")
    assert any("supply others but have no gross output: 'Sum' (7)" in text for text in texts)


def test_through_a_concordance_the_accounts_are_those_of_the_target(told, tmp_path) -> None:
    flows, output = balanced()
    codes = output["industry"].tolist()
    pd.DataFrame({"from": codes, "to": ["A", "B"] * 4}).to_csv(tmp_path / "map.csv", index=False)
    carried = (
        STUDY.replace('target = "s"', 'target = "t"')
        + '[[tables.concordance]]\nfile = "map.csv"\nfrom_classification = "s"\n'
        'to_classification = "t"\n'
    )
    more = carried.removeprefix(STUDY)
    for file, frame in (("flows.csv", flows), ("output.csv", output)):
        frame.to_csv(tmp_path / file, index=False)
    (tmp_path / "study.toml").write_text(carried, encoding="utf-8")
    assert more
    _, economy = check(load_study(tmp_path / "study.toml"), Steps())
    (found,) = economy.accounts.values()
    assert sorted(found.table.index) == ["A", "B"] and found.misfit < 1e-14
    assert found.table["inputs"].sum() == pytest.approx(flows["value"].sum())


def test_the_tables_of_the_united_states_in_other_shapes(data_folder: Path, told) -> None:
    """From outside: in another unit Σψ was 92.9 for 153.3, exchanged 141.7, both without a word."""
    if not (data_folder / "bea_io_1977_2002" / "bea_io_1992.csv.gz").is_file():
        pytest.skip("no US tables of 1992")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPILLGRAPH_DATA", str(data_folder))
        study = load_study(ROOT / "examples" / "us_1992" / "study.toml")
        staged, economy = check(study, Steps())
    assert input_warnings(staged, economy) == []
    (flow,) = (each for each in economy.flows if each.name == "trade")
    flows = flow.table.to_pandas().rename(columns={"receiver": "user", "source": "supplier"})
    output = economy.output.reset_index().rename(columns={"code": "industry"})
    output = output.drop(columns="imports")
    assert told(flows, output) == []
    for wrong, pattern in (
        (
            times(flows, 1e-3),
            "42.3%.*With the flows multiplied by 1,000 they fit to 0.5% and 0.0%",
        ),
        (
            exchanged(flows),
            "26.2%.*With supplier and user exchanged, or.*, they fit to 0.5% and 0.0%",
        ),
    ):
        with pytest.raises(InputError, match=pattern):
            told(wrong, output)


# -- totals ----------------------------------------------------------------------------------------


def printed(rows: bool, columns: bool, n: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A balanced table with its totals printed beside it, long."""
    flows, output = balanced(n)
    wide = flows.pivot(index="supplier", columns="user", values="value")
    if columns:
        wide["Total"] = wide.sum(axis=1)
    if rows:
        wide.loc["Total"] = wide.sum(axis=0)
    long = wide.melt(ignore_index=False, var_name="user").reset_index()
    return long.assign(year=2010), output


@pytest.mark.parametrize(("rows", "columns"), [(True, True), (True, False), (False, True)])
def test_totals_are_refused_by_name_with_the_remedy(told, rows: bool, columns: bool) -> None:
    flows, output = printed(rows, columns)
    ends = [name for name, there in (("supplier", rows), ("user", columns)) if there]
    kept = ", ".join(rf'{end} = \["Total"\]' for end in ends)
    pattern = rf"'Total' equals the sum of 6, .*where_not = \{{ {kept} \}} in \[tables.io_flows\]"
    with pytest.raises(InputError, match=pattern):
        told(flows, output, more="")
    whole = output.sum(numeric_only=True).to_frame().T.assign(industry="Total", year=2010)
    with pytest.raises(InputError, match="'Total' equals the sum of 6"):
        told(flows, pd.concat([output, whole]), more="")


def test_the_remedy_of_a_total_works_as_written(told) -> None:
    flows, output = printed(rows=True, columns=True)
    more = '\n[tables.io_flows.where_not]\nsupplier = ["Total"]\nuser = ["Total"]\n'
    (text,) = told(flows, output, more=more)
    assert "no list names the industries of 's'" in text and "'Total'" not in text


def with_rows(output: pd.DataFrame, **amounts: float) -> pd.DataFrame:
    """Add rows of io_output that no flow knows, by name and gross output."""
    more = pd.DataFrame({"industry": list(amounts), "gross_output": list(amounts.values())})
    return pd.concat([output, more.assign(year=2010)])


@pytest.mark.parametrize("known", [[], ["value_added"], ["value_added", "final_demand"]])
def test_a_total_of_output_alone_is_refused_by_name_and_the_remedy_works(told, known) -> None:
    flows, output = balanced(6)
    columns = ["industry", "year", "gross_output", *known]
    whole = output.sum(numeric_only=True).to_frame().T.assign(industry="All", year=2010)
    with_total = pd.concat([output, whole])[columns]
    said = (
        "table io_output, column industry: 'All' equals the sum of 6, '00x' to '05x': it is a "
        "total and no sector. A total that is left in is a sector and takes half of all weights. "
        'Write where_not = { industry = ["All"] } in [tables.io_output], or list the industries'
    )
    with pytest.raises(InputError) as error:
        told(flows, with_total, more="")
    assert said in str(error.value)
    right = told(flows, output[columns], more="")
    written = '\n[tables.io_output.where_not]\nindustry = ["All"]\n'
    assert told(flows, with_total, more=written) == right
    assert all("io_output" not in text and "so all 6 were taken" in text for text in right[:1])
    texts = told(flows, with_total, more=WARN)
    assert texts[0].startswith("table io_output, column industry: 'All' equals the sum of 6")
    assert "so all 7 were taken, from '00x' to 'All'" in texts[1]
    if known:  # its accounts are off as it buys and sells nothing: no question of units
        (off,) = [text for text in texts if "do not add up" in text]
        assert "without 'All' they fit to 0.0%" in off and "Check the units" not in off


def test_subtotals_beside_it_hide_no_total_of_output(told) -> None:
    flows, output = balanced(6)
    x = output["gross_output"]
    printed = with_rows(output, half=x[:3].sum(), other=x[3:].sum(), All=x.sum())
    with pytest.raises(InputError, match="'All' equals the sum of 6, '00x' to '05x': it is a tot"):
        told(flows, printed, more="")


def test_a_total_of_output_stands_in_every_year(told) -> None:
    years = [balanced(6, seed, year) for seed, year in ((2, 2010), (3, 2011))]
    flows, output = (pd.concat(frames) for frames in zip(*years, strict=True))
    whole = output.groupby("year", as_index=False)["gross_output"].sum().assign(industry="All")
    with pytest.raises(InputError, match="'All' equals the sum of 6"):
        told(flows, pd.concat([output, whole]), more="")
    whole.loc[1, "gross_output"] *= 1.1  # a sum of one year is a coincidence
    texts = told(flows, pd.concat([output, whole]), more="")
    assert any(text.startswith("table io_output: 'All' is in no flow and in no") for text in texts)
    assert not any("equals the sum" in text for text in texts)


def test_what_stands_in_output_alone_became_a_sector_and_is_named(told) -> None:
    flows, output = balanced(6)
    printed = with_rows(output, note=7.0, home=9.0)
    texts = told(flows, printed, more="")
    assert "so all 8 were taken, from '00x' to 'home'" in texts[0]
    assert texts[1] == (
        "table io_output: 'note', 'home' are in no flow and in no list, and became a sector all "
        "the same. If one is a total or a remark, leave it out, e.g. where_not = { industry = "
        '["note"] } in [tables.io_output]; else list the industries in [[tables.industries]].'
    )
    assert not any("became a sector" in text for text in told(flows, printed))  # a list names them


def test_a_sum_of_one_year_that_the_list_names_is_a_warning(told) -> None:
    flows, output = balanced(6)
    printed = with_rows(output, All=output["gross_output"].sum())
    assert any("'All' equals the sum of 6" in text for text in told(flows, printed))


def test_a_total_of_a_printed_table_is_no_sector_where_the_flows_leave_it_out(
    told, tmp_path: Path
) -> None:
    """TOT is a row and a column, so ``printed`` takes it for an industry."""
    flows, output = balanced(6)
    wide = flows.pivot(index="supplier", columns="user", values="value")
    wide["TOT"] = wide.sum(axis=1)
    wide.loc["TOT"] = wide.sum()
    x = output["gross_output"]
    wide["OUT"] = [*x, x.sum()]
    wide.to_csv(tmp_path / "printed.csv")
    keys = 'file = "printed.csv"\nconstants = { year = 2010 }\nprinted = { gross_output = "OUT" }\n'
    left_out = 'where_not = { industry = ["TOT"] }\n'

    def say(more: str) -> list[str]:
        told(flows, output, more="")  # writes the study and its flows
        text = (tmp_path / "study.toml").read_text(encoding="utf-8")
        text = text.replace('file = "output.csv"\n', keys + more)
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        with duckdb.connect() as con:
            study = load_study(tmp_path / "study.toml")
            found = check_tables(con, study, tmp_path / "checked", None, lambda *_: None)
        assert found[1].labels == output["industry"].tolist()
        return input_warnings(*found)

    with pytest.raises(
        InputError, match=r"'TOT' equals the sum of 6.*industry = \[\"TOT\"\] \} in"
    ):
        say("")
    assert not any("TOT" in text for text in say(left_out))


def test_with_a_list_of_industries_a_total_is_refused_row_by_row(told) -> None:
    flows, output = printed(rows=True, columns=True)
    texts = told(flows, output)
    assert not any("equals the sum" in text for text in texts)


def test_totals_of_citations_between_industries_are_found_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wide = pd.DataFrame(rng.integers(1, 99, (5, 5)), list("abcde"), list("abcde"))
    wide.loc["all"] = wide.sum()
    wide.rename_axis("cited").to_csv(tmp_path / "cited.csv")
    text = """
[study]
name = "Citations"
target = "s"
[tables.industry_citations]
file = "cited.csv"
classification = "s"
wide = { rows = "cited", columns = "citing", values = "count" }
constants = { year = 2000 }
"""
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="column cited: 'all' equals the sum of 5, 'a' to 'e'"):
        check(load_study(tmp_path / "study.toml"), Steps())


def test_a_wide_table_without_a_list_says_what_was_taken(told, tmp_path: Path) -> None:
    flows, output = balanced()
    wide = flows.pivot(index="supplier", columns="user", values="value")
    wide.to_csv(tmp_path / "wide.csv")
    more = 'wide = { rows = "supplier", columns = "user", values = "value" }\n'
    study = STUDY.replace('"flows.csv"', '"wide.csv"').replace(
        'classification = "s"\n', f'classification = "s"\n{more}constants = {{ year = 2010 }}\n', 1
    )
    output.to_csv(tmp_path / "output.csv", index=False)
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")
    staged, economy = check(load_study(tmp_path / "study.toml"), Steps())
    (text,) = input_warnings(staged, economy)
    assert "all 8 were taken, from '00x' to '07x'" in text


DETAIL = """
[study]
name = "US 2012, detail"
target = "bea"

[tables.make]
file = "${SPILLGRAPH_DATA}/bea_io_2012_2017/detail_tables.csv.gz"
classification = "bea"
where = { table = "Detail_Make_2012_AfterRedef_12sch" }
where_not = { row = [MAKE_ROWS], col = [MAKE_COLUMNS] }
columns = { industry = "row", commodity = "col" }
constants = { year = 2012 }

[tables.use]
file = "${SPILLGRAPH_DATA}/bea_io_2012_2017/detail_tables.csv.gz"
where = { table = "Detail_Use_2012_PRO_AfterRedef_12sch" }
where_not = { row = [USE_ROWS], col = [USE_COLUMNS] }
columns = { commodity = "row", user = "col" }
constants = { year = 2012 }

[make_use]
scrap = ["S00401", "S00402"]
value_added = ["V00100", "V00200", "V00300"MORE_VALUES]
final_demand = ["F01000", "F02E00", "F02N00", "F02R00", "F02S00", "F03000", "F04000", "F05000",
  "F06C00", "F06E00", "F06N00", "F06S00", "F07C00", "F07E00", "F07N00", "F07S00", "F10C00",
  "F10E00", "F10N00", "F10S00"MORE_USERS]
"""


def test_the_detailed_us_tables_with_their_totals_name_them_all(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered message by message, T007 became the 406th sector, flows 5.6 times too large."""
    if not (data_folder / "bea_io_2012_2017" / "detail_tables.csv.gz").is_file():
        pytest.skip("no detailed US tables of 2012")
    monkeypatch.setenv("SPILLGRAPH_DATA", str(data_folder))
    totals = {
        "MAKE_ROWS": '"T007"',
        "MAKE_COLUMNS": '"T008"',
        "USE_ROWS": '"T005", "T006", "T008"',
        "USE_COLUMNS": '"T001", "T004", "T007"',
    }
    path = tmp_path / "study.toml"

    def ask(more: bool, left_out: dict[str, str]):
        text = DETAIL.replace("MORE_VALUES", ', "T005", "T006", "T008"' if more else "")
        text = text.replace("MORE_USERS", ', "T001", "T004"' if more else "")
        for place in totals:
            text = text.replace(place, left_out.get(place, ""))
        path.write_text(text, encoding="utf-8")
        return check(load_study(path), Steps())

    remedy = (
        'where_not = { row = ["T007"], col = ["T008"] } in [tables.make]; where_not = { row = '
        '["T005", "T006", "T008"], col = ["T001", "T004", "T007"] } in [tables.use]'
    )
    for more in (False, True):
        with pytest.raises(InputError) as raised:
            ask(more, {})
        assert remedy in str(raised.value)
    staged, economy = ask(more=False, left_out=totals)
    assert len(economy.labels) == 405
    (text,) = input_warnings(staged, economy)
    assert "all 405 were taken, from '1111A0' to" in text
    (kept,) = (note for note in economy.notes if "negative" in note)
    assert kept.count("(-") == 8 and "'5241XX' by '522A00' (-498)" in kept
    assert economy.accounts[2012].misfit < 0.01


def test_a_gross_output_table_without_rows_is_told_and_no_traceback(told) -> None:
    flows, output = balanced()
    with pytest.raises(InputError, match="table io_output has no rows"):
        told(flows, output.head(0), more="")


@pytest.mark.filterwarnings("error")
def test_a_misfit_beyond_all_sense_is_told_in_few_digits_and_has_no_cause(told) -> None:
    flows, output = balanced()
    flows.loc[0, "value"] = 9e99
    (text,) = (each for each in told(flows, output) if "do not add up" in each)
    assert len(text) < 600
    assert "multiplied by" not in text


# -- deliveries between firms ----------------------------------------------------------------------

LINKS = """
[study]
name = "Links"
target = "s"

[years]
first = 2000
last = 2001

[tables.firms]
file = "firms.csv"
classification = "s"

[tables.trade_links]
file = "links.csv"

[tables.io_output]
file = "output.csv"
classification = "s"
"""
SHARES = '\n[tables.firm_industries]\nfile = "shares.csv"\nclassification = "s"\n'
OWNERS = '\n[tables.ownership]\nfile = "owners.csv"\n'
YEARLY = "supplier,buyer,year,value\n" + "".join(
    f"1,1,{year},10\n2,1,{year},30\n1,2,{year},20\n2,2,{year},30\n" for year in (2000, 2001)
)
LASTING = (
    "supplier,buyer,first_year,last_year,value\n"
    "1,1,2000,2001,10\n2,1,1999,,30\n1,2,2000,2001,20\n2,2,2000,2003,30\n"
)


@pytest.mark.parametrize(
    ("firms", "links", "more"),
    [
        ("1,A\n2,B\n", YEARLY, ""),
        ("1,A\n2,B\n", LASTING, ""),
        ("1,\n2,B\n", YEARLY, SHARES),
        ("1,B\n2,B\n0,A\n", YEARLY, OWNERS),
    ],
)
def test_deliveries_are_held_against_output_as_they_count(tmp_path, firms, links, more) -> None:
    """Links that last, industries by share and owners: S and the accounts are of the same flows."""
    files = {
        "firms": "id,industry\n" + firms,
        "links": links,
        "output": "industry,year,gross_output,value_added,final_demand\n"
        "A,2000,100,60,70\nB,2000,100,50,40\nA,2001,100,60,70\nB,2001,100,50,40\n",
        "shares": "firm,industry,share\n1,A,1\n",
        "owners": "firm,owner\n1,0\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "study.toml").write_text(LINKS + more, encoding="utf-8")
    _, economy = check(load_study(tmp_path / "study.toml"), Steps())
    assert list(economy.accounts) == [2000, 2001]
    assert [each.misfit for each in economy.accounts.values()] == [0.0, 0.0]


# -- one sector in another unit --------------------------------------------------------------------


def in_part(flows: pd.DataFrame, end: str, codes: list[str], factor: float) -> pd.DataFrame:
    """Multiply the flows of some sectors alone."""
    return flows.assign(
        value=flows["value"].where(~flows[end].isin(codes), flows["value"] * factor)
    )


@pytest.mark.parametrize(("end", "what"), [("user", "inputs"), ("supplier", "sales")])
@pytest.mark.parametrize("power", [-3, -2, 3, 6])
def test_flows_of_one_sector_in_another_unit_stop_with_its_name(told, end, what, power) -> None:
    """One of 40 was below all limits: 'Accounts fit to 0.0045'."""
    flows, output = balanced(40)
    assert told(flows, output) == []
    by = f"{10.0**power:,.0f}" if power > 0 else str(10.0**power)
    pattern = rf"[Tt]he {what} of '07x' fit the others if multiplied by {by} \(as they are, its"
    wrong = in_part(flows, end, ["07x"], 10.0**-power)
    with pytest.raises(InputError, match=pattern) as error:
        told(wrong, output)
    assert "Then the accounts fit to 0.0% and 0.0%. Give all amounts" in str(error.value)
    (text,) = told(wrong, output, LIST + WARN)
    assert f"The {what} of '07x' fit the others if multiplied by {by}" in text


def test_so_do_those_of_three_and_no_domestic_flows_are_blamed(told) -> None:
    flows, output = balanced(12)
    wrong = in_part(flows, "supplier", ["01x", "02x", "05x"], 1e-3)
    pattern = "The sales of ('0[125]x'(, )?){3} fit the others if multiplied by 1,000"
    with pytest.raises(InputError, match=pattern) as error:
        told(wrong, output)
    assert "domestic" not in str(error.value)


def test_all_amounts_of_a_sector_in_another_unit_are_seen_in_the_others(told) -> None:
    flows, output = balanced(12)
    own = flows[["supplier", "user"]].eq("03x").any(axis=1)
    flows = flows.assign(value=flows["value"].where(~own, flows["value"] * 1e-3))
    amounts = ["gross_output", "value_added", "final_demand"]
    output.loc[3, amounts] *= 1e-3
    with pytest.raises(
        InputError, match="All amounts of '03x' fit the others if multiplied by 1,0"
    ):
        told(flows, output)


@pytest.mark.parametrize("what", ["value_added", "final_demand"])
def test_what_one_identity_alone_shows_is_a_warning(told, what: str) -> None:
    flows, output = balanced(40)
    output.loc[7, what] *= 1e-3
    (text,) = told(flows, output)
    name = what.replace("_", " ")
    assert f"{name.capitalize()} of '07x' fits the others if multiplied by 1,000 (as it is" in text


def test_a_sector_that_is_far_off_for_no_power_of_ten_is_a_warning(told) -> None:
    flows, output = balanced(40)
    output.loc[7, "value_added"] -= 0.3 * output.loc[7, "gross_output"]
    (text,) = told(flows, output)
    wanted = "not in '07x' (inputs and value added fall short of its gross output by 30.0% of that)"
    assert wanted in text
