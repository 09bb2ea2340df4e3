"""The studies of the manual's page on patents, on small files of the layout that is downloaded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from spillgraph.cli.main import _exit_code

PAGE = Path(__file__).parents[2] / "docs" / "patents.md"

SECTORS = "code,name\nA,Agriculture\nB,Building\nC,Chemicals\n"
PATENTSVIEW = {
    "sectors.csv": SECTORS,
    "firms.csv": "assignee_id,industry\naaa-1,A\nbbb-2,B\nccc-3,C\n",
    "g_patent.tsv": (
        '"patent_id"\t"patent_type"\t"patent_date"\t"patent_title"\t"wipo_kind"\t"num_claims"\n'
        '"10000001"\t"utility"\t"2018-06-19"\t"Screen, 24 inches"\t"B2"\t7\n'
        '"10000002"\t"utility"\t"2018-06-19"\t"A ""thing"""\t"B2"\t12\n'
        '"9000000"\t"utility"\t"2015-04-07"\t"Wiper"\t"B2"\t3\n'
        '"D668832"\t"design"\t"2012-10-09"\t"Cup"\t"S1"\t1\n'
    ),
    "g_assignee_disambiguated.tsv": (
        '"patent_id"\t"assignee_sequence"\t"assignee_id"\t"disambig_assignee_organization"\n'
        '"10000001"\t0\t"aaa-1"\t"Alpha"\n'
        '"10000002"\t0\t"bbb-2"\t"Beta"\n'
        '"10000002"\t1\t"ccc-3"\t"Gamma"\n'
        '"9000000"\t0\t"bbb-2"\t"Beta"\n'
        '"9000000"\t1\t"zzz-9"\t"Somebody Else"\n'
        '"D668832"\t0\t"ccc-3"\t"Gamma"\n'
    ),
    "g_us_patent_citation.tsv": (
        '"patent_id"\t"citation_sequence"\t"citation_patent_id"\t"citation_date"\t"record_name"\t'
        '"wipo_kind"\t"citation_category"\n'
        '"10000001"\t0\t"D668832"\t"2012-10-00"\t"Someone"\t"S"\t"cited by applicant"\n'
        '"10000001"\t1\t"10000002"\t"2018-06-00"\t"Else"\t"B2"\t"cited by examiner"\n'
        '"10000002"\t0\t"D668832"\t"2012-10-00"\t"Someone"\t"S"\t""\n'
        '"10000002"\t1\t"9000000"\t"2015-04-00"\t"Third"\t"B2"\t""\n'
        '"9000000"\t0\t"3930271"\t"1976-01-00"\t"Golf glove"\t"A"\t"cited by examiner"\n'
    ),
}
KPSS = {
    "sectors.csv": SECTORS,
    "sic_to_sectors.csv": "from,to\n0100,A\n1500,B\n2800,C\n",
    "names.csv": (
        "permno,namedt,nameendt,comnam,siccd\n"
        "10006,1925-12-31,1927-06-30,ALPHA CO,0100\n"
        "10006,1928-01-01,2022-12-31,ALPHA CORP,2800\n"
        "10014,1925-12-31,2022-12-31,BETA INC,1500\n"
        "10022,1925-12-31,2022-12-31,GAMMA LTD,0\n"
    ),
    "KPSS_2022.csv": (
        "patent_num,xi_real,xi_nominal,cites,permno,filing_date,issue_date\n"
        "1568000,3.4,1.2,2,10006,03/02/1923,01/05/1926\n"
        "1568001,,,0,10014,11/20/1924,01/05/1926\n"
        "1655000,2.0,.9,1,10006,05/01/1926,01/03/1928\n"
        "1655000,1.1,.5,1,10014,05/01/1926,01/03/1928\n"
        "1700000,1.0,.4,0,99999,05/01/1927,01/22/1929\n"
    ),
    "citations.csv": (
        "citing,cited\n1655000,1568000\n1655000,1568001\n1568001,1568000\n1700000,1655000\n"
        "1655000,1000000\n"
    ),
}
#: What a run says of these files: strangers own patents, so that citations are lost.
OF_THE_FILES = re.compile(
    r"ha(ve|s) no (firm|industry)\.$|\(no firm: [\d.]+\)\.$|cited but never cite|"
    r"industries of 'sic'"
)
#: By study: files, and the citations that are due, [citing, cited] by sector and year.
STUDIES = {
    "PatentsView": (
        PATENTSVIEW,
        {
            ("A", "C", 2018): 1 + 0.5,
            ("A", "B", 2018): 0.5,
            ("B", "C", 2018): 0.5,
            ("C", "C", 2018): 0.5,
            ("B", "B", 2018): 0.25,
            ("C", "B", 2018): 0.25,
        },
        {"input": 5.0, "target": 3.5, "self_citations": 0.5 + 0.25, "no firm": 1.5},
    ),
    "KPSS": (
        KPSS,
        {
            # of 1655000, half Alpha's, in 1928 in chemicals, and half Beta's
            ("C", "C", 1928): 0.5,
            ("B", "C", 1928): 0.5,
            ("C", "B", 1928): 0.5,
            ("B", "B", 1928): 0.5,
            ("B", "A", 1926): 1.0,
        },
        {"input": 5.0, "target": 3.0, "self_citations": 1.0, "no firm": 2.0},
    ),
}


def study(name: str) -> str:
    """Return a study of the page."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (part,) = [each for each in parts if each.startswith(f"{name}\n")]
    (text,) = re.findall(r"^```toml\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)
    return str(text)


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_the_studies_of_the_page_give_what_is_due(name: str, tmp_path: Path, capsys: Any) -> None:
    files, wanted, totals = STUDIES[name]
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    options = '\n[options]\nself_citations = "include"\n'
    (tmp_path / "study.toml").write_text(study(name) + options, encoding="utf-8")
    out = tmp_path / "out"
    assert (
        _exit_code(["run", str(tmp_path / "study.toml"), "--out", str(out), "-q"], debug=True) == 0
    )
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    found = told["totals"]["citations"]
    assert {key: found[key] for key in totals if key in found} | found["lost"] == totals
    # of the small files, on purpose: owners without a row in firms.csv, a firm without an
    # industry; of the recipe, nothing
    assert [text for text in told["warnings"] if not OF_THE_FILES.search(text)] == []
    ask = (
        "MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry) WHERE i.classification = 'sectors' "
        "AND i.code <> 'unmapped' AND j.code <> 'unmapped' "
        "RETURN i.code AS citing, j.code AS cited, c.year AS year, c.count AS n"
    )
    capsys.readouterr()
    assert _exit_code(["cypher", ask, "--store", str(out), "-f", "json"], debug=True) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {(r["citing"], r["cited"], r["year"]): r["n"] for r in rows} == wanted
