"""The manual says what the code does: generated parts, examples, commands, links."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer
from spillgraph.analytics.hubs import hubs
from spillgraph.cli.main import _exit_code, app
from spillgraph.graph.matrix_files import WRITERS, load_matrix
from spillgraph.ingest import study_model as study
from spillgraph.queries import list_queries

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOLDERS = ("docs", "examples", "benchmarks")
PAGES = sorted([*ROOT.glob("*.md"), *(p for f in FOLDERS for p in (ROOT / f).rglob("*.md"))])
MANUAL = [page for page in PAGES if page.parent in {ROOT, DOCS}]
COMMANDS = typer.main.get_command(app)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, down to the next of its rank or above."""
    rank = heading.index(" ")
    found = re.split(rf"^(?=#{{1,{rank}}} )", text_of(DOCS / page), flags=re.MULTILINE)
    (under,) = [part for part in found if part.startswith(heading + "\n")]
    return under


def blocks(page: Path, fence: str) -> list[str]:
    """Return the fenced blocks of a page whose opening line is the fence."""
    return re.findall(rf"^ *```{fence}\n(.*?)^ *```$", text_of(page), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- generated parts -----------------------------------------------------------------------------


def test_generated_parts_are_up_to_date(generate: ModuleType) -> None:
    marked = {page.name for page in DOCS.glob("*.md") if "<!-- generated:" in text_of(page)}
    assert marked == set(generate.PAGES)
    texts = {name: text_of(DOCS / name) for name in generate.PAGES}
    stale = [name for name, text in texts.items() if generate.updated(text) != text]
    assert not stale, "run: python docs/generate.py"
    written = "".join(texts.values())
    assert all(f"<!-- generated: {part} -->" in written for part in generate.PARTS)


def test_examples_in_the_generator(generate: ModuleType) -> None:
    result = doctest.testmod(generate)
    assert result.attempted and not result.failed


def test_every_query_has_an_example_that_runs(
    generate: ModuleType, sample_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(sample_run)
    for query in list_queries():
        command = generate.example(query)
        assert f"```sh\n{command}\n```" in text_of(DOCS / "queries.md")
        assert _exit_code([*shlex.split(command)[1:], "-f", "json"], debug=True) == 0
        rows = json.loads(capsys.readouterr().out)
        empty = "patent" in query.name or query.name == "industries_without_concordance"
        assert rows or empty or "COAGGLOMERATES" in query.text  # which takes its command


# -- nothing is forgotten ------------------------------------------------------------------------


def test_every_command_is_in_the_readme() -> None:
    table = text_of(ROOT / "README.md")
    assert [name for name in COMMANDS.commands if f"| `spillgraph {name}` |" not in table] == []


def test_every_option_of_every_command_is_somewhere_in_the_manual() -> None:
    manual = "".join(map(text_of, MANUAL))
    options = {
        option
        for command in COMMANDS.commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    unsaid = {option for option in options if not re.search(rf"{option}\b", manual)}
    assert unsaid <= {"--seed", "--quiet", "--help"}


SECTIONS = {
    "## `[study]`": study.About,
    "## `[years]`": study.Years,
    "## `[options]`": study.Options,
    "## `[outputs]`": study.Outputs,
    "## `[graph]`": study.Graph,
    "## `[make_use]`": study.MakeUse,
    "### `match`: look a value up in another file": study.Match,
    "### `wide`: read a printed matrix": study.Wide,
}


def shown_default(field: Any) -> str:
    """Return a default as the manual writes it."""
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    return "none" if value is None else f"`{json.dumps(value)}`"


def keys_of(text: str) -> dict[str, str]:
    """Return the keys of a table of the manual with their defaults."""
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text, re.MULTILINE))


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_of_the_study_file_is_there_with_its_default(heading: str) -> None:
    fields = SECTIONS[heading].model_fields
    text = section("study-file.md", heading)
    assert keys_of(text) == {name: shown_default(field) for name, field in fields.items()}
    assert "```toml" in text


def test_every_key_of_a_table_entry_is_there_with_its_default() -> None:
    text = section("study-file.md", "## `[tables.NAME]`").split("\n### ")[0]
    fields = study.Entry.model_fields
    assert keys_of(text) == {name: shown_default(field) for name, field in fields.items()}
    everything = "".join(blocks(DOCS / "study-file.md", "toml"))
    for name in (*fields, *study.StudyFile.model_fields):
        assert re.search(rf"\b{name}\b", everything), f"no example of {name}"


def test_every_key_of_run_json_is_there(sample_run: Path) -> None:
    run = json.loads((sample_run / "results" / "run.json").read_text(encoding="utf-8"))
    wanted = set(run) | set(run["options"])
    for place in (run["tables"], run["totals"], run["matrices"], run["years"]):
        wanted |= {key for about in place.values() for key in about}
    wanted |= {key for audit in run["concordances"] for key in audit}
    text = section("outputs.md", "## run.json")
    assert {key for key in wanted if f"`{key}`" not in text} == set()


def test_every_key_of_psi_json_is_there(sample_run: Path) -> None:
    found = json.loads((sample_run / "results" / "psi.json").read_text(encoding="utf-8"))
    year = found["years"]["2020"]
    drawn = year["uncertainty"]
    nested = [year["spectral_radius"]["S"], *(year[name] for name in ("condition", "error"))]
    nested += [year["loss_without_W"], year["modes"], *year["mode_shares"].values()]
    wanted = {key for place in (found, year, year["mode_shares"], *nested) for key in place}
    text = section("psi.md", "### psi.json")
    assert {key for key in wanted if f"`{key}`" not in text} == set()
    wanted = {*drawn, *(key for each in drawn["bootstrap"] for key in each)}
    for quantities in (drawn["bootstrap"][0]["quantities"], drawn["permuted_citations"]):
        wanted |= set(quantities["benefit"]["01"])
    text = section("uncertainty.md", "## What the command writes")
    assert {key for key in wanted if f"`{key}`" not in text} == set()


@pytest.mark.parametrize(
    ("table", "page", "heading"),
    [
        ("sensitivity", "psi.md", "### Sensitivity"),
        ("paths", "psi.md", "## What it writes"),
        ("intervals", "uncertainty.md", "## The bootstraps"),
        ("permuted", "uncertainty.md", "## Permuted citations"),
    ],
)
def test_every_column_and_choice_of_psi_tables_is_there(
    sample_run: Path, table: str, page: str, heading: str
) -> None:
    rows = pd.read_csv(sample_run / "results" / "psi" / f"{table}_2020.csv")
    text = section(page, heading)
    keys = {"quantity", "sector", "drawn", "value"}
    columns = {name.replace("contribution_largest", "benefit_largest") for name in rows} - keys
    assert {name for name in columns if f"`{name}`" not in text} == set()
    if table == "sensitivity":
        assert all(f"| `{name}` |" in text for name in set(rows["option"][1:]))
    if table == "intervals":
        names = {re.sub(r"\[.*\]", "[…]", name) for name in rows["quantity"]}
        assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_file_of_psi_is_there(sample_run: Path) -> None:
    results = sample_run / "results"
    text = section("psi.md", "### Figures")
    for file in (results / "figures").iterdir():
        known = (file.stem, re.sub(r"(contribution|loss)-.*", r"\1-…", file.stem))
        assert any(f"`{name}`" in text for name in known), file
    text = section("psi.md", "## What it writes")
    for file in (results / "psi").iterdir():
        assert f"`psi/{file.stem[:-5]}_YEAR{file.suffix}`" in text, file


def test_every_entry_of_a_matrix_file_is_there(sample_run: Path) -> None:
    text = section("outputs.md", "## Matrix files")
    with np.load(sample_run / "results" / "matrices" / "W_2020.npz") as stored:
        assert all(f"`{name}`" in text for name in stored.files)
        assert all(f"`{key}`" in text for key in json.loads(str(stored["about"])))
    assert all(f"| `{name}` |" in text for name in WRITERS)


def test_every_measure_is_there(sample_run: Path) -> None:
    listed = re.findall(r"^\| `(\w+)` \| (.*?) \|", text_of(DOCS / "hubs.md"), re.MULTILINE)
    for network, symbol in (("W", "W"), ("S", "S"), ("psi", "ψ")):
        table = pd.read_csv(sample_run / "results" / "hubs" / f"{network}_2020.csv", index_col=0)
        assert [name for name, of in listed if symbol in of.split(", ")] == list(table.columns)


def test_the_planted_hubs_are_found_against_chance_and_no_others(sample_run: Path) -> None:
    planted = json.loads(text_of(sample_run / "study" / "planted.json"))["hubs"]
    for name, wanted in (("W", planted["citations"]), ("S", planted["trade"])):
        M = load_matrix(sample_run / "results" / "matrices" / f"{name}_2020.npz")
        for null in ("spread", "degree"):
            table = hubs(M, ["in_strength", "katz_bonacich"], null, 999, missing=0).table
            for measure in table.index.unique("measure"):
                p = table.loc[measure, "p_holm"]
                found = set(p.index[p <= 0.05])
                assert found <= set(wanted), (name, null, measure)
                # 300 firms are few: rewiring leaves some of them within chance.
                assert found and (null == "degree" or len(found) == len(wanted)), (name, measure)


# -- examples run --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", [page for page in MANUAL if blocks(page, "python run")], ids=name_of
)
def test_python_blocks_run(
    page: Path, sample_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Blocks of one page run in order, in one namespace, beside ``study/`` and ``results/``."""
    monkeypatch.chdir(sample_run)
    namespace: dict[str, Any] = {"__name__": name_of(page)}
    for number, block in enumerate(blocks(page, "python run"), start=1):
        exec(compile(block, f"{name_of(page)}, block {number}", "exec"), namespace)


def test_every_python_block_runs() -> None:
    assert not [name_of(page) for page in MANUAL if blocks(page, "python")]


def shell_lines() -> Iterator[tuple[str, str]]:
    """Yield (page, command line) of every fenced block in sh."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                yield name_of(page), line.strip().removeprefix("$ ")


LINES = [(page, line) for page, line in shell_lines() if line.startswith("spillgraph ")]


def test_there_are_command_lines() -> None:
    shown = {shlex.split(line)[1] for _, line in LINES}
    assert shown == set(COMMANDS.commands)


def command_of(name: str) -> Any:
    """Return a command with its options, which those of capabilities have when they are called."""
    return COMMANDS.resolve_command(typer.Context(COMMANDS), [name])[1]


@pytest.mark.parametrize(("page", "line"), LINES)
def test_command_lines_parse(page: str, line: str) -> None:
    words = [word for word in shlex.split(line, comments=True)[1:] if word != "--debug"]
    command_of(words[0]).make_context(words[0], words[1:])


def test_other_lines_in_sh_name_what_exists() -> None:
    makefile = text_of(ROOT / "Makefile")
    for page, line in shell_lines():
        words = shlex.split(re.sub(r'^eval "\$\((.+)\)"', r"\1", line), comments=True)
        if words and words[0] == "make":
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), (page, line)
        elif words and words[0] in {"python", "python3"}:
            assert (ROOT / words[1]).is_file(), (page, line)
        elif words[:2] == ["docker", "compose"]:
            assert (ROOT / "docker-compose.yml").is_file(), (page, line)
        elif words:
            assert words[0] in {"spillgraph", "export", "source"}, (page, line)


def test_inline_commands_exist() -> None:
    """In running text a command may be cut short, but never misspelt."""
    for page in PAGES:
        for inline in re.findall(r"`spillgraph ([^`]+)`", text_of(page)):
            words = [word for word in inline.split() if word not in {"--debug", "…"}]
            if words[0] == "COMMAND":
                continue
            command = command_of(words[0])
            known = {option for each in command.params for option in each.opts} | {"--help"}
            given = {word for word in words if word.startswith("-")}
            assert given <= known, (name_of(page), inline)


def test_sections_of_the_report_are_called_so(sample_run: Path) -> None:
    page = (sample_run / "results" / "report.html").read_text(encoding="utf-8")
    headings = " ".join(re.findall(r"<h2>(.*?)</h2>", page))
    named = {n for p in MANUAL for n in re.findall(r'section\s+"([^"]+)"', text_of(p))}
    assert len(named) >= 4
    assert [name for name in named if name not in headings] == []


# -- links and cleanliness -----------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Return the anchors that a reader of Markdown makes of a page's headings."""
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    heads = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads)
    return set(kept)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_resolve(page: Path) -> None:
    broken = []
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text_of(page), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in target:
            continue
        place, _, anchor = target.partition("#")
        found = (page.parent / place).resolve() if place else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert not broken


def test_every_page_is_in_the_contents() -> None:
    contents = text_of(DOCS / "index.md")
    pages = {page.name for page in DOCS.glob("*.md")} - {"index.md"}
    assert {page for page in pages if f"({page})" not in contents} == set()
    readme = text_of(ROOT / "README.md")
    assert {page for page in pages if f"(docs/{page})" not in readme} == set()


FORBIDDEN = re.compile(
    r"/(?:home|root|work|tmp|Users|mnt|srv)/|[A-Z]:\\\\|file://"
    r"|pypi\.org|pythonhosted|anaconda\.org|conda\.io|npmjs|crates\.io|maven\.\w|docker\.io|ghcr\.io",
    re.IGNORECASE,
)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_machine_paths_and_no_registries(page: Path) -> None:
    assert FORBIDDEN.findall(text_of(page)) == []
