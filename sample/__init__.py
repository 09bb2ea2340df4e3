"""A synthetic economy of any size, with answers planted in it that the tools must find."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import InputError
from .citations import make_citations
from .design import BUNDLED, Design, read_bundled
from .files import Names, TableWriter, study_text
from .firms import Firms, firm_ids, firms_table, make_firms
from .growth import make_growth
from .order import Order, make_order
from .panel import make_panel
from .planted import Facts, describe_planted
from .trade import make_trade

__all__ = ["write_sample"]

Progress = Callable[[str, float], None]


def write_sample(
    out: Path,
    *,
    firms: int,
    citations: int,
    seed: int,
    years: tuple[int, int] = (1992, 2020),
    closed_class: bool = False,
    trade_links: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a synthetic study into a folder.

    The same arguments give the same bytes (with the same versions of numpy, pandas and pyarrow).
    Citations and deliveries are written as CSV, or as Parquet from a million on.

    Below 156 firms only some of the 78 industries have firms, two at least. Below 200 firms, 5,000
    citations or a citation per firm, chance could undo what is planted: what the written data do
    not show is left out of ``planted.json``, and its ``how`` says so.

    Parameters
    ----------
    out : Path
        Folder, made if it is not there; must be empty.
    firms : int
        Number of firms, at least 10; with a closed class at least 40.
    citations : int
        Sum of the column ``count``, kept exactly; at least 1, with a closed class at least 6.
    seed : int
        Seed of ``numpy.random.default_rng``; not negative.
    years : tuple of int
        First and last year of citations. Deliveries and output are given for 2007, 2012, 2017
        and 2020 as far as these lie within, or for the last year.
    closed_class : bool
        Let three sectors cite only each other, so that I − W is singular.
    trade_links : int, optional
        Rows of deliveries, kept exactly; at least 600 for each year with trade, fewer below 156
        firms. By default ten per firm, and at least 1,500 a year, as far as a quarter of all
        pairs of firms gives them.
    progress : callable, optional
        Called with what is being written and the share of the whole work that is done.

    Returns
    -------
    dict
        The content of ``planted.json``: ``synthetic``, ``note``, ``seed``, ``arguments``,
        ``files``, ``sizes``, ``hubs``, ``coagglomerated_pairs``, ``closed_class``,
        ``self_citation_share``, ``input_share``, ``growth``, ``comovement`` and ``how``.

    Raises
    ------
    InputError
        If a number is too small or too large, or the folder is not empty.
    """
    order, design = make_order(firms, citations, seed, years, closed_class, trade_links)
    _make_folder(out)
    return _write(out, order, design, progress or (lambda stage, done: None))


def _make_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file; name a folder for the sample.")
    if out.is_dir() and any(out.iterdir()):
        raise InputError(
            f"the folder {out} is not empty, and nothing is overwritten; name another folder."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder {out} cannot be made: {error}") from None


def _write(out: Path, order: Order, design: Design, tell: Progress) -> dict[str, Any]:
    tell("firms", 0.0)
    rngs = np.random.default_rng(order.seed).spawn(5)
    of_firms, of_citations, of_trade, of_growth, of_panel = rngs
    firms = make_firms(design, order.firms, of_firms, small=order.small)
    table = firms_table(design, firms)
    table.to_csv(out / order.files["firms"], index=False, lineterminator="\n")
    sizes: dict[str, Any] = {"firms": {"rows": order.firms}}
    facts = Facts(design, firms, order.benchmarks)
    sizes["firm_citations"] = _citations(out, order, firms, facts, of_citations, tell)
    sizes |= _trade(out, order, firms, facts, of_trade, tell)
    levels, trend = make_growth(facts.W, order.years[1], of_growth)
    levels.to_csv(out / order.files["productivity"], index=False, lineterminator="\n")
    sizes["productivity"] = {"rows": len(levels)}
    panel, moving = make_panel(list(design.sectors), order.years[1], of_panel)
    panel.to_csv(out / order.files["industry_panel"], index=False, lineterminator="\n")
    sizes["industry_panel"] = {"rows": len(panel)}
    for name in BUNDLED:
        text = read_bundled(name)
        _text(out / name, text)
        sizes[name.removesuffix(".csv")] = {"rows": text.count("\n") - 1}
    study = study_text(
        seed=order.seed,
        firms=order.firms,
        citations=order.citations,
        first=order.years[0],
        last=order.years[1],
        report=facts.report,
        citations_file=order.files["firm_citations"],
        trade_file=order.files["trade_links"],
    )
    _text(out / "study.toml", study)
    answers = describe_planted(order, firms, facts, sizes, trend, moving)
    _text(out / "planted.json", json.dumps(answers, indent=2, ensure_ascii=False) + "\n")
    tell("done", 1.0)
    return answers


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _citations(
    out: Path,
    order: Order,
    firms: Firms,
    facts: Facts,
    rng: np.random.Generator,
    tell: Progress,
) -> dict[str, int]:
    sure_by = order.benchmarks[0] if order.small else None
    parts = make_citations(facts.design, firms, order.citations, order.years, rng, sure_by=sure_by)
    path, names = out / order.files["firm_citations"], Names(firm_ids(order.firms))
    with TableWriter(path, names, ("citing", "cited")) as table:
        for year, citing, cited, count in parts:
            years = np.full(len(count), year, dtype=np.int32)
            table.write({"citing": citing, "cited": cited, "year": years, "count": count})
            facts.add_citations(year, citing, cited, count)
            tell("citations", 0.05 + 0.75 * facts.total / order.citations)
    return {"rows": table.rows, "sum": facts.total, "self_citations": facts.itself}


def _trade(
    out: Path,
    order: Order,
    firms: Firms,
    facts: Facts,
    rng: np.random.Generator,
    tell: Progress,
) -> dict[str, Any]:
    sums: dict[str, float] = {}
    outputs: dict[str, float] = {}
    parts = make_trade(facts.design, firms, order.trade_links, order.benchmarks, rng)
    output = out / order.files["io_output"]
    path, names = out / order.files["trade_links"], Names(firm_ids(order.firms))
    with TableWriter(path, names, ("supplier", "buyer")) as table:
        for trade in parts:
            years = np.full(len(trade.value), trade.year, dtype=np.int32)
            columns = {"supplier": trade.supplier, "buyer": trade.buyer, "year": years}
            table.write(columns | {"value": trade.value})
            facts.add_trade(trade)
            first = not sums
            trade.output.to_csv(
                output, index=False, header=first, mode="w" if first else "a", lineterminator="\n"
            )
            sums[str(trade.year)] = round(float(trade.value.sum()), 4)
            outputs[str(trade.year)] = round(float(trade.output["gross_output"].sum()), 4)
            tell("trade", 0.8 + 0.2 * len(sums) / len(order.benchmarks))
    rows = len(facts.design.sectors) * len(sums)
    return {
        "trade_links": {"rows": table.rows, "sum": sums},
        "io_output": {"rows": rows, "sum": outputs},
    }
