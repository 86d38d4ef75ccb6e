"""The checks of the house, run as the tests run: types, lint, contracts, spelling, and what a seat imports."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> None:
    """A tool of this environment must end with 0."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    "command",
    [("mypy",), ("ruff", "check", "."), ("codespell_lib", "console", "widgets", "data", "tests", "README.md", ".ci")],
    ids=["mypy", "ruff", "codespell"],
)
def test_tool_is_content(command: tuple[str, ...]) -> None:
    """Strict types, lint and spelling."""
    run(*command)


def test_import_contracts_hold() -> None:
    """Imports go console → widgets → data, and the pure part without I/O."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize("name", ["console", "widgets", "data"])
def test_the_three_rooms_are_ours(name: str) -> None:
    """The import names are plain words; here they must mean this project."""
    done = subprocess.run([sys.executable, "-c", f"import {name}; print({name}.__file__)"], cwd=ROOT, capture_output=True, text=True)
    assert Path(done.stdout.strip()).parent.name == name
    assert Path(done.stdout.strip()).parent.parent.joinpath("console", "__main__.py").exists()


def loaded_by(code: str) -> set[str]:
    """Top-level modules after running `code` in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_centre_loads_no_screen() -> None:
    """Also deferred imports: the centre's wiring never brings textual, rich or plotext in."""
    assert loaded_by("import data.centre.serve, data.office") & {"textual", "rich", "plotext"} == set()


def test_a_seat_loads_nothing_heavy_to_paint() -> None:
    """Only textual and SQLite, and none of the packages that only the centre or a chart needs."""
    assert loaded_by("import console.app") & {"httpx", "paho", "plotext", "sqlite_utils", "pypinyin"} == set()


def test_no_class_of_the_console_does_everything() -> None:
    """A class that passes 25 methods has a second noun in it."""
    code = """
import ast, pathlib
for path in pathlib.Path('console').rglob('*.py'):
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) for part in node.body)
            assert methods <= 25, f'{path} {node.name} {methods}'
"""
    loaded_by(code)
