"""Shares with a per cent sign are read as what they say, or not at all."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from spillgraph.core.errors import InputError

from ..helpers.staging import keys, staged

FLAGS = 'flags = ["%"]'


def weights(tiny: Any, tmp_path: Any, *shares: str, key: str = FLAGS) -> list[float]:
    rows = "".join(f'B,{to},"{share}"\n' for to, share in zip("xy", shares, strict=False))
    tiny.write("map.csv", f"from,to,weight\n{rows}")
    if key:
        keys(tiny, "map.csv", key)
    return pd.read_parquet(staged(tiny, tmp_path)["concordance"].path)["weight"].tolist()


@pytest.mark.parametrize(
    ("shares", "read"),
    [
        (("60%", "40%"), [0.6, 0.4]),
        (("12.5%", "87.5 %"), [0.125, 0.875]),
        (("0.5%", "99.5%"), [0.005, 0.995]),
        (("100%", "0"), [1.0, 0.0]),  # nothing is nothing, with the sign or without
        (("６０％", "40%"), [0.6, 0.4]),
    ],
)
def test_shares_of_which_all_have_the_sign_are_per_cent(tiny, tmp_path, shares, read) -> None:
    assert weights(tiny, tmp_path, *shares) == read


def test_shares_without_the_sign_stay_what_they_are(tiny, tmp_path) -> None:
    assert weights(tiny, tmp_path, "0.6", "0.4") == [0.6, 0.4]


def test_per_cent_in_another_country(tiny, tmp_path) -> None:
    assert weights(tiny, tmp_path, "12,5 %", "87,5 %", key=f'{FLAGS}\ndecimal = ","') == [
        0.125,
        0.875,
    ]


@pytest.mark.parametrize("shares", [("60%", "0.4"), ("0.6", "40%"), ("60%", "40")])
def test_some_with_the_sign_and_some_without_are_refused(tiny, tmp_path, shares) -> None:
    bare = next(n for n, share in enumerate(shares) if "%" not in share)
    with pytest.raises(InputError) as error:
        weights(tiny, tmp_path, *shares)
    assert str(error.value) == (
        f"map.csv, row {bare + 1}: weight is '{shares[bare]}', and in row {2 - bare} of map.csv it "
        f"is '{shares[1 - bare]}': some numbers have a per cent sign and others do not. Write all "
        "in one way."
    )


def test_the_first_error_names_the_key_that_reads_them_and_no_loop(tiny, tmp_path) -> None:
    with pytest.raises(InputError) as error:
        weights(tiny, tmp_path, "60%", "40%", key="")
    assert str(error.value).endswith(
        'Say in [tables.concordance]: flags = ["%"], if per cent are meant.'
    )
    assert weights(tiny, tmp_path, "60%", "40%") == [0.6, 0.4]


def test_a_mixed_column_is_not_sent_to_the_key(tiny, tmp_path) -> None:
    with pytest.raises(InputError) as error:
        weights(tiny, tmp_path, "60%", "0.4", key="")
    assert str(error.value) == (
        "map.csv, row 1: weight is '60%', a number only in another spelling, while '0.4' is one as "
        "it stands. Some numbers have a per cent sign and others do not: write all in one way."
    )


def test_amounts_keep_their_unit(tiny, tmp_path) -> None:
    rows = "x,2001,100%,70%,60%\ny,2001,80%,50%,40%\n"
    tiny.write("output.csv", f"industry,year,gross_output,value_added,final_demand\n{rows}")
    keys(tiny, "output.csv", FLAGS)
    frame = pd.read_parquet(staged(tiny, tmp_path)["io_output"].path)
    assert frame["gross_output"].tolist() == [100.0, 80.0]
