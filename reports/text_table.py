"""A table of results for a paper: LaTeX (booktabs) and Markdown."""

from __future__ import annotations

import re

import pandas as pd

from .result_table import ResultTable, one_line
from .tables import show

__all__ = ["latex", "markdown"]

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # The straight one, \textquotedbl, needs T1 fonts; every LaTeX has this one.
    '"': r"\textquotedblright{}",
    # Behind a line of the table LaTeX would take them for options of its end.
    "*": "{*}",
    "[": "{[}",
    "]": "{]}",
    "–": "--",
    "−": "$-$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "×": r"$\times$",
    "∞": r"$\infty$",
    "ψ": r"$\psi$",
    "ρ": r"$\rho$",
    "α": r"$\alpha$",
    "δ": r"$\delta$",
    "Σ": r"$\Sigma$",
    "⁻": r"\textsuperscript{$-$}",
    "¹": r"\textsuperscript{1}",
    "²": r"\textsuperscript{2}",
}
#: Between them LaTeX would put another sign in the place of two: a dash, a quotation mark, ¿.
_LIGATURE = re.compile("(?<=-)(?=-)|(?<=')(?=')|(?<=[`!?])(?=`)|(?<=,)(?=,)")
_BRACE = {"\x01": "{", "\x02": "}"}
_POWER = re.compile(r"^(.+)e([+−])0*(\d+)$")
#: What pdflatex has without a package, and with T1 fonts; all else above ASCII is of other fonts.
_KNOWN = frozenset(map(chr, range(0xA1, 0x180))) - frozenset("ĦħĸĿŀŉŦŧſ") | frozenset("—‘’“”„€•…→™")
_T1 = frozenset("«»ÐÞðþĄąĐđĘęĮįŊŋŲų„")


def latex(table: ResultTable) -> str:
    r"""Return a ``tabular`` with the rules of booktabs, to be ``\input`` into a table of a paper.

    Numbers have four significant digits, as on the page.

    Parameters
    ----------
    table : ResultTable
        What to write.

    Returns
    -------
    str
        Its comments say what it needs, and what the columns are.

    Examples
    --------
    >>> frame = pd.DataFrame({"code": ["24"], "name": ["R&D"], "benefit": [-1.5]})
    >>> print(latex(ResultTable("sums_2020", frame)).partition("booktabs}\n")[2])
    \begin{tabular}{llr}
    \toprule
    code & name & benefit \\
    \midrule
    24 & R\&D & $-$1.500 \\
    \bottomrule
    \end{tabular}
    <BLANKLINE>
    """
    columns = [str(column) for column in table.frame]
    forms = [table.form(column) for column in columns]
    lines = [
        " & ".join(
            _escape(cell) if form == "text" else _number(cell)
            for cell, form in zip(row, forms, strict=True)
        )
        for row in _rows(table)
    ]
    heads = " & ".join(_escape(one_line(table.head(column))) for column in columns)
    notice = rf"\multicolumn{{{len(columns)}}}{{l}}{{\textbf{{{_escape(table.notice)}}}}} \\"
    body = [
        f"\\begin{{tabular}}{{{''.join('l' if form == 'text' else 'r' for form in forms)}}}",
        "\\toprule",
        *([notice] if table.notice else []),
        f"{heads} \\\\",
        "\\midrule",
        *(f"{line} \\\\" for line in lines),
        "\\bottomrule",
        "\\end{tabular}",
    ]
    needs = ["% \\usepackage{booktabs}"]
    signs = {sign for sign in "".join(body) if sign > "\x7f"}
    if signs - _KNOWN:
        needs.insert(
            0, "% xelatex or lualatex, with a font that has these characters (Chinese: ctex)"
        )
    elif signs & _T1:
        needs.append("% \\usepackage[T1]{fontenc}")
    meanings = [
        f"% {one_line(c)}: {one_line(table.meanings[c])}" for c in columns if table.meanings.get(c)
    ]
    return "\n".join([f"% {one_line(table.name)}", *meanings, *needs, *body]) + "\n"


def markdown(table: ResultTable) -> str:
    """Return a table of pipes, with what the columns are below.

    Numbers have four significant digits, as on the page.

    Parameters
    ----------
    table : ResultTable
        What to write.

    Examples
    --------
    >>> frame = pd.DataFrame({"code": ["24"], "name": ["Iron | steel"], "benefit": [1.5]})
    >>> print(markdown(ResultTable("sums", frame, {"benefit": "row sum of ψ"})))
    | code | name | benefit |
    |:--|:--|--:|
    | 24 | Iron \\| steel | 1.500 |
    <BLANKLINE>
    - benefit: row sum of ψ
    <BLANKLINE>
    """
    columns = [str(column) for column in table.frame]
    marks = [":--" if table.form(column) == "text" else "--:" for column in columns]
    heads = [_plain(table.head(column)) for column in columns]
    rows = [heads, *([_plain(text) for text in row] for row in _rows(table))]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, f"|{'|'.join(marks)}|")
    told = [
        f"- {_plain(table.head(column))}: {_plain(table.meanings[column])}"
        for column in columns
        if table.meanings.get(column)
    ]
    notice = [f"**{_plain(table.notice)}**", ""] if table.notice else []
    return "\n".join([*notice, *lines, *([""] if told else []), *told]) + "\n"


def _rows(table: ResultTable) -> list[list[str]]:
    """Return the cells as the page shows them; a text that is missing is empty."""
    shown = []
    for column in map(str, table.frame):
        values: pd.Series[float] = table.frame[column]
        form = table.form(column)
        absent = values.isna()
        shown.append(
            [
                ("" if missing else one_line(str(value))) if form == "text" else show(value, form)
                for value, missing in zip(values, absent, strict=True)
            ]
        )
    return [list(row) for row in zip(*shown, strict=True)]


def _escape(text: str) -> str:
    """Return a text as LaTeX shows it."""
    apart = _LIGATURE.sub("{}", text.replace("{", "\x01").replace("}", "\x02"))
    return "".join(
        _LATEX.get(_BRACE.get(sign, sign), sign) if sign not in "{}" else sign for sign in apart
    )


def _number(text: str) -> str:
    """Return a number as LaTeX shows it."""
    power = _POWER.match(text)
    if not power:
        return _escape(text)
    digits, sign, exponent = power.groups()
    minus = "-" if sign == "−" else ""
    return f"{_escape(digits)}$\\times 10^{{{minus}{exponent}}}$"


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>|#~$&])", r"\\\1", one_line(text))
