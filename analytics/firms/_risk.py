"""The economic systemic risk index of firms: what is lost when they fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.errors import InputError, nearest, show
from ...core.labelled import MatrixLike
from ...core.labels import text_labels
from ..linalg._labels import Vector
from ._cascades import Engine, Shocks, run_cascades, single_failures
from ._classes import Classes
from ._economy import Economy, build_economy
from ._steps import run_steps

__all__ = ["FOUND", "failure_cascade", "require_rule", "systemic_risk"]

_COLUMNS = ("both", "downstream", "upstream")
#: Of each cascade: what it costs, how many steps it takes, how much the last one changes.
FOUND = [*_COLUMNS, "steps", "change"]


def systemic_risk(
    deliveries: MatrixLike,
    industry: Any,
    classes: Classes,
    *,
    failing: Any = None,
    market: Any = "industry",
    weight: Any = None,
    revenue: Any = None,
    costs: Any = None,
    tolerance: float = 0.01,
    max_steps: int = 1000,
    engine: Engine = "auto",
) -> pd.DataFrame:
    """Economic systemic risk index (ESRI): the share of all production that a failure costs.

    A firm that fails delivers nothing and buys nothing. Downstream its customers produce less:
    an essential input stops production in proportion to what is missing of the industry's
    deliveries, a non-essential one in proportion to its share in all inputs; the scarcest input
    decides. Upstream its suppliers lose what it bought. Both go on from firm to firm side by side,
    neither touching the other, until neither changes any firm by more than ``tolerance``.

    Parameters
    ----------
    deliveries : LabelledMatrix, shape (N, N)
        What customer i (row) bought from supplier j (column), in money: the transpose of the
        paper's W[supplier, customer].
    industry : pandas.Series or mapping, length N
        Industry of each firm: what it makes, for its customers.
    classes : {"leontief", "linear"} or LabelledMatrix, shape (K, K)
        ``classes[user, supplier]`` of industries: 2 essential, 1 non-essential, 0 ignored, see
        :func:`input_classes`. The paper prints its transpose. ``"leontief"``: all are essential;
        ``"linear"``: none is.
    failing : iterable of label, or mapping of name to scenario, optional
        Firms that fail, each alone; left out, all. A mapping gives scenarios by name: each a list
        of firms that fail together, or a mapping or Series of firms to the share of production
        that they lose at the start, 0 to 1.
    market : {"industry"}, None, or pandas.Series or mapping, length N
        The market in which customers look for another supplier. They feel σ = min(1, output of
        the firm / output that is left in its market) of what is missing. None: they find nobody,
        σ = 1.
    weight : pandas.Series or mapping, length N, optional
        What each firm counts for, at least 0, in any unit; its deliveries if left out.
    revenue, costs : pandas.Series or mapping, length N, optional
        All that a firm sells, or buys as inputs, in money of the deliveries, where links do not
        show all of it: each link then matters less. Below the links' sum, that sum is taken.
    tolerance : float
        A cascade ends behind the step that changes no firm's production by more than this share;
        0.01 is the paper's. Losses are too small by what later steps would add.
    max_steps : int
        A cascade ends behind so many steps in any case.
    engine : {"auto", "compiled", "numpy"}
        ``compiled`` goes along affected firms only and needs numba; ``numpy`` multiplies all links
        in each step. Same numbers, but for rounding. ``auto``: compiled where it can be.

    Returns
    -------
    pandas.DataFrame, indexed by ``label``: the firm, or the scenario's name
        ``both``: the index, Σ weight · larger loss of the two, a share of all; ``downstream`` and
        ``upstream``: with one of them alone; ``steps``; ``change``: the largest change of the last
        step, a share of production. What fails is itself counted as lost.

    Raises
    ------
    InputError
        If a delivery is negative or not finite, a firm has no industry, an industry no classes,
        a firm that fails is unknown, or a share is not between 0 and 1.

    References
    ----------
    Diem, Borsos, Reisch, Kertész and Thurner (2022), *Quantifying firm-level economic systemic risk
    from nation-wide supply networks*, Scientific Reports 12:7719, Methods.

    Examples
    --------
    Two steel works; the car maker buys from both, and nothing else will do:

    >>> from spillgraph.core.matrix import LabelledMatrix
    >>> firms = ["works a", "works b", "cars"]
    >>> Z = LabelledMatrix.build("Z", [[0, 0, 0], [0, 0, 0], [30, 10, 0]], firms)
    >>> makes = dict(zip(firms, ["steel", "steel", "cars"]))
    >>> risk = systemic_risk(Z, makes, "leontief", weight=dict.fromkeys(firms, 1), market=None)
    >>> risk["downstream"].round(4).to_dict()
    {'works a': 0.5833, 'works b': 0.4167, 'cars': 0.3333}

    Half of works a, and both works together:

    >>> cases = {"half": {"works a": 0.5}, "both": ["works a", "works b"]}
    >>> systemic_risk(Z, makes, "leontief", failing=cases)["both"].to_dict()
    {'half': 0.375, 'both': 1.0}
    """
    economy = build_economy(
        deliveries, industry, classes, market=market, weight=weight, revenue=revenue, costs=costs
    )
    names, shocks = _scenarios(failing, economy)
    require_rule(tolerance, max_steps)
    found = run_cascades(economy, shocks, tolerance, max_steps, engine)
    table = pd.DataFrame(found, index=pd.Index(names, name="label"), columns=FOUND)
    return table.astype({"steps": np.int64})


def failure_cascade(
    deliveries: MatrixLike,
    industry: Any,
    classes: Classes,
    failing: Any,
    *,
    market: Any = "industry",
    revenue: Any = None,
    costs: Any = None,
    tolerance: float = 0.01,
    max_steps: int = 1000,
) -> pd.DataFrame:
    """Who loses how much in one cascade.

    Parameters
    ----------
    deliveries, industry, classes, market, revenue, costs, tolerance, max_steps
        As in :func:`systemic_risk`.
    failing : iterable of label, or mapping or pandas.Series of firm to share
        Firms that fail together, or the share of production that each loses at the start.

    Returns
    -------
    pandas.DataFrame, shape (N, 3), indexed by ``label``
        Share of its production that each firm loses: ``downstream`` (inputs are missing),
        ``upstream`` (customers are missing), and ``both``, the larger of the two.

    Raises
    ------
    InputError
        As :func:`systemic_risk`.

    Examples
    --------
    >>> from spillgraph.analytics.steel_and_cars import Z
    >>> own = {"steel": "metal", "cars": "vehicles"}
    >>> failure_cascade(Z, own, "linear", ["steel"], tolerance=0.1)["downstream"].round(3).to_dict()
    {'steel': 1.0, 'cars': 0.672}
    """
    economy = build_economy(
        deliveries, industry, classes, market=market, revenue=revenue, costs=costs
    )
    require_rule(tolerance, max_steps)
    _, (_, firms, sizes) = _scenarios({"it": failing}, economy)
    shock = np.zeros(len(economy.labels))
    shock[firms] = sizes
    down, up, _, _ = run_steps(economy, shock, tolerance, max_steps)
    columns = dict(zip(_COLUMNS, (np.maximum(down, up), down, up), strict=True))
    return pd.DataFrame(columns, index=pd.Index(economy.labels, name="label"))


def _scenarios(failing: Any, economy: Economy) -> tuple[tuple[str, ...], Shocks]:
    """Return names and shocks of what is asked for."""
    if failing is None:
        return economy.labels, single_failures(np.arange(len(economy.labels)))
    index = pd.Index(economy.labels)
    if not isinstance(failing, Mapping):
        names = _names(failing)
        return names, single_failures(_places(names, index, "failing"))
    start, places, sizes = [0], [], []
    for name, scenario in failing.items():
        place, size = _scenario(scenario, index, f"failing, scenario {show(name)}")
        places.append(place)
        sizes.append(size)
        start.append(start[-1] + len(place))
    if not places:
        raise InputError("failing: no scenario is given; name at least one.")
    shocks = np.array(start, dtype=np.int64), np.concatenate(places), np.concatenate(sizes)
    return text_labels(failing, "failing, scenarios"), shocks


def _names(failing: Any) -> tuple[str, ...]:
    if isinstance(failing, str) or not isinstance(failing, Iterable):
        raise InputError(
            f"failing: a list of firms is needed, or scenarios by name; got {show(failing)}. Put "
            "it in brackets."
        )
    return text_labels(failing, "failing")


def _scenario(scenario: Any, index: pd.Index, what: str) -> tuple[NDArray[np.int64], Vector]:
    """Return where the firms of one scenario stand, and what they lose."""
    if not isinstance(scenario, Mapping | pd.Series):
        names = _names(scenario)
        sizes = np.ones(len(names))
    else:
        names = text_labels(list(scenario.keys()), what)
        sizes = np.array(
            list(scenario.values) if isinstance(scenario, pd.Series) else list(scenario.values()),
            dtype=np.float64,
        )
    if not names:
        raise InputError(f"{what}: no firm is given; name at least one.")
    odd = np.flatnonzero(~((sizes >= 0) & (sizes <= 1)))
    if odd.size:
        raise InputError(
            f"{what}: {show(names[odd[0]])} loses {sizes[odd[0]]:g} of its production; a share "
            "from 0 to 1 is needed."
        )
    return _places(names, index, what), sizes


def _places(names: tuple[str, ...], index: pd.Index, what: str) -> NDArray[np.int64]:
    places = index.get_indexer(pd.Index(names, dtype=object)).astype(np.int64)
    if (places < 0).any():
        stranger = names[int(np.argmin(places))]
        raise InputError(
            f"{what}: {show(stranger)} is no firm of the deliveries. {nearest(stranger, index)}"
        )
    return places


def require_rule(tolerance: float, max_steps: int) -> None:
    if not 0 <= tolerance < 1:
        raise InputError(f"tolerance: got {tolerance}; a share from 0 to below 1 is needed.")
    if not max_steps >= 1:
        raise InputError(f"max_steps: got {max_steps}; at least 1 is needed.")
