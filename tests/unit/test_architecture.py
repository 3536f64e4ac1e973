"""Who may import whom, and what the command line may load: the house's plan as tests."""

from __future__ import annotations

import ast
import configparser
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSES = ("schemas", "anonymisation", "dashboards", "pipelines")
BELOW = {
    "schemas": set[str](),
    "anonymisation": {"schemas"},
    "dashboards": {"schemas"},
    "pipelines": {"schemas", "anonymisation", "dashboards"},
}
"""Which houses each may import, beside itself."""
ROOMS = {
    "dagster": ("pipelines.definitions", "pipelines.defs"),
    "duckdb": ("pipelines.store", "anonymisation.linkage"),
    "great_expectations": ("pipelines.expectations",),
    "plotly": ("dashboards.figures",),
    "splink": ("anonymisation.linkage",),
}
"""Where a heavy package may be imported; nowhere else, and not for types either unless under
TYPE_CHECKING."""
HEAVY = ("dagster", "great_expectations", "pandera", "plotly", "splink")
"""What ``tessera --help`` must not wait for."""


def _modules() -> dict[str, ast.Module]:
    files = [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py"))]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"):
            ast.parse(path.read_text(encoding="utf-8"))
        for path in files
    }


MODULES = _modules()


class _Imports(ast.NodeVisitor):
    """Every module that is imported when the code runs, wherever in the file; not those for types only."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" not in ast.unparse(node.test):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.found |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert node.level == 0, "imports are absolute"
        assert node.module is not None
        self.found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}


def _imports(tree: ast.AST) -> set[str]:
    visitor = _Imports()
    visitor.visit(tree)
    return visitor.found


IMPORTS = {name: _imports(tree) for name, tree in MODULES.items()}


def _tops(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def _is_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def test_contracts_when_linted_then_every_one_is_kept() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()",
         "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    contracts = [s for s in _contracts().sections() if s.startswith("importlinter:contract:")]
    assert f"Contracts: {len(contracts)} kept, 0 broken." in result.stdout


def _contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


@pytest.mark.parametrize("module", MODULES)
def test_module_when_it_imports_ours_then_only_from_below(module: str) -> None:
    house = module.split(".")[0]
    assert _tops(IMPORTS[module]) & set(HOUSES) <= {house, *BELOW[house]}


@pytest.mark.parametrize("package", ROOMS)
def test_heavy_package_when_imported_then_only_in_its_room(package: str) -> None:
    importers = [module for module, names in IMPORTS.items() if package in _tops(names)]
    assert [module for module in importers if not _is_in(module, ROOMS[package])] == []


def test_protecting_and_attacking_when_they_import_then_never_each_other() -> None:
    for here, there in (("disclosure", "audit"), ("audit", "disclosure")):
        for module in MODULES:
            if module.startswith(f"anonymisation.{here}"):
                assert not [n for n in IMPORTS[module] if n.startswith(f"anonymisation.{there}")], module


def test_attacking_when_it_works_then_it_opens_no_file() -> None:
    opening = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "scan_csv", "sink_csv"}
    for module, tree in MODULES.items():
        if module.startswith("anonymisation.audit"):
            called = {ast.unparse(node.func).rsplit(".", 1)[-1]
                      for node in ast.walk(tree) if isinstance(node, ast.Call)}
            assert not called & opening, module


def test_modules_when_opened_then_each_says_what_belongs_in_it() -> None:
    silent = [module for module, tree in MODULES.items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_files_when_named_then_none_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [module for module in MODULES if module.rsplit(".", 1)[-1] in drawers] == []


@pytest.mark.parametrize("arguments", [["--help"], ["release", "--help"], ["--version"]], ids=" ".join)
def test_command_line_when_it_only_helps_then_nothing_heavy_is_loaded(arguments: list[str]) -> None:
    program = (
        "import json, sys\n"
        "from pipelines.doors.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit as end:\n"
        "    code = end.code\n"
        f"print(json.dumps([code, sorted(m for m in {HEAVY!r} if m in sys.modules)]), file=sys.stderr)\n"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                            check=True)
    assert json.loads(result.stderr.splitlines()[-1]) == [0, []]
    assert result.stdout


@pytest.mark.parametrize("house", ["schemas.agencies", "schemas.dictionary", "anonymisation.keys",
                                   "pipelines.hub"])
def test_house_when_imported_then_nothing_heavy_is_loaded(house: str) -> None:
    program = f"import sys, {house}; print([m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                            check=True)
    assert result.stdout == "[]\n"
