"""The house rules that a machine can check. CONTRIBUTING.md tells them; each names here what it found."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[1]
CODE_FOLDERS = ("src", "workers", "tests", "bench", "scripts")
FOLDERS = (*CODE_FOLDERS, "config", "docs", ".ci")
CODE = (".py", ".lua", ".sh")
TEXT = (*CODE, ".md", ".toml", ".yaml", ".txt", ".conf", ".json", ".opml", ".xml", ".html", "")

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60  # docstring not counted
MAX_WORKER_LINES = 40
DECISION_HEADINGS = ["## Context", "## Measurement", "## Choice", "## What would change our mind"]

# Written so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.}~-])/(?:home|root|Users|work)/[\w.]")
PACKAGE_INDEX = re.compile(r"(?:pypi|pythonhosted)\.org|index[-]url|/simple[/]|registry\.npmjs", re.IGNORECASE)
SLEEP = re.compile(r"(?<![\w.])(?:\w+\.)?sleep[(]")
UNSAFE = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)\b(.*)")
SILENCED_WELL = re.compile(r"(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[a-z-]+(,\s*[a-z-]+)*\])\s*(#|--?|:)\s*\w+")


def _files(*folders: str, suffixes: tuple[str, ...] = CODE) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            generated = "__pycache__" in path.parts or any(part.endswith(".egg-info") for part in path.parts)
            if path.is_file() and path.suffix in suffixes and not generated:
                yield path


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _project_files() -> Iterator[Path]:
    yield from _files(*FOLDERS, suffixes=TEXT)
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != "LICENSE")


def _matches(paths: Iterator[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines, without the docstring, of each function of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        first = node.body[0]
        if ast.get_docstring(node) is not None:
            lines -= (first.end_lineno or first.lineno) - first.lineno + 1
        yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def _unsafe(path: Path) -> Iterator[str]:
    """Imports of modules that execute what they read, and calls of eval, exec and compile."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = [node.func.id] if node.func.id in {"eval", "exec", "compile", "__import__"} else []
        bad = [name for name in names if name in UNSAFE or isinstance(node, ast.Call)]
        yield from (f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {name}" for name in bad)


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): _lines(path) for path in _files(*CODE_FOLDERS)}
    assert not {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES}


def test_no_function_is_longer_than_sixty_lines() -> None:
    lengths = [pair for path in _files(*CODE_FOLDERS, suffixes=(".py",)) for pair in _functions(path)]
    assert not [(name, lines) for name, lines in lengths if lines > MAX_FUNCTION_LINES]


def test_no_worker_is_longer_than_a_screen() -> None:
    lengths = {path.name: _lines(path) for path in _files("workers")}
    assert not {name: lines for name, lines in lengths.items() if lines >= MAX_WORKER_LINES}


def test_tests_wait_for_the_event_itself_and_never_sleep() -> None:
    assert not _matches(_files("tests", suffixes=(".py", ".sh")), SLEEP)


def test_product_code_executes_nothing_that_it_reads() -> None:
    assert not [found for path in _files("src", "workers", suffixes=(".py",)) for found in _unsafe(path)]


def test_no_file_names_a_machine_or_a_package_index() -> None:
    assert not _matches(_project_files(), MACHINE_PATH)
    assert not _matches(_project_files(), PACKAGE_INDEX)


def test_what_is_silenced_says_which_rule_and_why() -> None:
    silenced = _matches((path for path in _files(*CODE_FOLDERS, suffixes=(".py",)) if path != HERE), SILENCED)
    assert not [line for line in silenced if not SILENCED_WELL.search(line)]


@pytest.mark.parametrize("decision", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_tells_context_measurement_choice_and_what_would_change_it(decision: Path) -> None:
    lines = decision.read_text("utf-8").splitlines()
    number, _, _ = decision.stem.partition("-")
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+", decision.stem)
    assert re.match(rf"# {number} \S", lines[0])
    assert [line for line in lines if line.startswith("## ")] == DECISION_HEADINGS


def test_decision_numbers_are_given_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(set(numbers)) == sorted(numbers)


def test_no_two_tests_have_one_name() -> None:
    """pytest imports them by their bare names: the second of two would not be collected."""
    own = (path.name for path in _files("tests", suffixes=(".py",)) if path.stem not in ("conftest", "__main__"))
    names = Counter(own)
    assert [name for name, times in names.items() if times > 1] == []


def test_workers_services_and_commands_are_the_same_names() -> None:
    from typer.main import get_command

    from ingest.cli.main import app

    workers = {path.stem for path in _files("workers", suffixes=(".py",))}
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    services = set(re.findall(r"^  (\w+):$", compose.split("\nservices:\n")[1].split("\nnetworks:\n")[0], re.MULTILINE))
    commands = set(getattr(get_command(app), "commands", {}))
    assert services - {"redis"} == workers
    assert workers <= commands
