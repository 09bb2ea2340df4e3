"""How much of what a sector gains crosses a border: the world input–output tables, year by year.

    python examples/world/foreign.py --out foreign.csv --years 1995 2000 2005 2011

Reads the tables of the 2013 release (41 countries by 35 sectors, WIOD) from ``wiod2013`` below
``$SPILLGRAPH_DATA``, one network of 1,435 country-sectors a year, and writes a row for each
country and year: the mean benefit of its sectors from 1% everywhere, and the part that comes
through chains of inputs that cross a border. There is no matrix of citations between these
country-sectors, so W is empty here and ψ is U; put your own in its place, and the columns
``innovation`` and ``both`` fill.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from spillgraph.analytics import ProductionShares, decompose_by_border, production_shares
from spillgraph.core.matrix import LabelledMatrix


def main() -> None:
    """Read the years that are asked for and write one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).resolve().parents[2]
    default = os.environ.get("SPILLGRAPH_DATA") or here.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--years", type=int, nargs="+", default=list(range(1995, 2012)))
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    tables = []
    for year in given.years:
        tables.append(foreign(given.data / "wiod2013", year))
        print(f"{year}: {tables[-1]['foreign_percent'].mean():.1f}% foreign on average", flush=True)
    pd.concat(tables).to_csv(given.out, index=False)


def world(folder: Path, year: int) -> tuple[ProductionShares, pd.Series[str]]:
    """Return S of a year, and the country of each sector."""
    sectors = pd.read_csv(folder / "sectors.csv")
    labels = (sectors["country"] + ":" + sectors["ind_num"].astype(str)).tolist()
    with np.load(folder / f"wiot_{year}.npz") as table:
        # Printed supplier × user: turned round.
        purchases, output = table["inter"].T.astype(float), table["output"].astype(float)
    Z = LabelledMatrix.build("Z", purchases, labels, unit="million US$", year=year)
    shares = production_shares(Z, pd.Series(output, labels))
    return shares, pd.Series(sectors["country"].tolist(), labels)


def foreign(folder: Path, year: int) -> pd.DataFrame:
    """Return a row for each country: benefit and its foreign part."""
    shares, country = world(folder, year)
    nothing = LabelledMatrix.build("W", sparse.csr_array(shares.S.shape), shares.S.rows)
    found = decompose_by_border(shares.S, nothing, country).benefit
    means = found.groupby(country.rename("country")).mean()
    whole = means.sum(axis=1)
    spillover = whole - 1.0  # less the sector's own 1%
    return pd.DataFrame(
        {
            "country": means.index,
            "year": year,
            "benefit": whole.to_numpy(),
            "foreign": (whole - means["domestic"]).to_numpy(),
            "foreign_percent": (100 * (whole - means["domestic"]) / spillover).to_numpy(),
        }
    )


if __name__ == "__main__":
    main()
