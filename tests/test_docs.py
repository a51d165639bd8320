"""README.md and docs/ are true: their Python runs, prints what they say it prints, and their commands work.

The Python snippets of a file run in order and share their names. A block of plain text that follows a snippet at once
is what it prints (`...` stands for anything). A snippet fenced as `python torch` needs torch beside mtorch,
one as `python onnx` that library.
Installing is left to .ci/run, and programs that take long are told to be short.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if path.exists()]
FENCED = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```[ \t]*\n?", re.M | re.S)

# Arguments, put after those of a command, with which a program is done in a moment.
SHORTER = {
    "tests/benchmarks/run.py": ["--framework", "mtorch", "--rounds", "1", "--seconds", "0.001"],
    "apps/mnist_recognition.py": ["--drawn", "--samples", "1000", "--epochs", "1", "--quiet"],
}


class Block(NamedTuple):
    info: list[str]            # the words after the fence: ["python"]
    text: str
    line: int
    output: str | None         # the text block that follows at once


def blocks_of(page: Path) -> list[Block]:
    source = page.read_text(encoding="utf-8")
    found = list(FENCED.finditer(source))
    blocks = []
    for fence, after in zip(found, [*found[1:], None], strict=False):
        shows = after is not None and after["info"].strip() in ("", "text") \
            and not source[fence.end():after.start()].strip()
        blocks.append(Block(fence["info"].split(), textwrap.dedent(fence["text"]),
                            source.count("\n", 0, fence.start("text")) + 1,
                            textwrap.dedent(after["text"]) if after is not None and shows else None))
    return blocks


def assert_shown(wanted: str | None, came: str, where: str) -> None:
    same = wanted is None or doctest.OutputChecker().check_output(wanted, came, doctest.ELLIPSIS)
    assert same, f"{where} shows\n{wanted}\nbut this came:\n{came}"


def run_doctest(block: Block, names: dict[str, object], where: str) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names, where, where, block.line)
    report = io.StringIO()
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.write, clear_globs=False)
    names.update(test.globs)
    assert not report.getvalue(), report.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_of(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks_of(page):
        if block.info[:1] != ["python"] or any(importlib.util.find_spec(needed) is None for needed in block.info[1:]):
            continue
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.text.startswith(">>>"):
            run_doctest(block, names, where)
            continue
        code = compile("\n" * (block.line - 1) + block.text, page, "exec")    # so that errors name the page's line
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, names)
        assert_shown(block.output, printed.getvalue(), where)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of(page: Path) -> None:
    """What a page links to inside the project is there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", FENCED.sub("", page.read_text(encoding="utf-8"))):
        assert "://" in target or (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def commands() -> list[tuple[str, Block]]:
    """Every command line of every page, with lines that go on after a backslash joined."""
    found = []
    for page in PAGES:
        for block in blocks_of(page):
            if block.info[:1] in (["sh"], ["bash"], ["console"]):
                lines = block.text.replace("\\\n", " ").splitlines()
                found += [(line.removeprefix("$ "), block) for line in lines if line.strip() and line[0] != "#"]
    return found


def assert_installs_what_exists(targets: list[str]) -> None:
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    for target in targets:
        if target.startswith("-"):
            continue
        parts = re.fullmatch(r"(\.|mtorch-numpy)(?:\[(.*)\])?", target)
        assert parts, f"pip install {target}: neither this project nor an option"
        for extra in (parts[2] or "").split(","):
            assert extra.strip() in ["", *project["optional-dependencies"]], f"pip install {target}: no extra {extra}"


@pytest.mark.parametrize(("command", "block"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_command(command: str, block: Block) -> None:
    for part in command.split("&&"):
        program, *arguments = shlex.split(part)
        if program.endswith("pip") or arguments[:2] == ["-m", "pip"]:
            arguments = arguments[arguments.index("pip") + 1:] if "pip" in arguments else arguments
            assert arguments[0] == "install", command
            assert_installs_what_exists(arguments[1:])
        elif program in ("git", "cd") or arguments[:2] == ["-m", "venv"]:
            continue
        elif program == "bash":
            assert (ROOT / arguments[0]).exists(), command
        else:
            assert Path(program).name in ("python", "python3"), f"{command}: not known how to try {program}"
            shorter = ["--collect-only", "-q"] if arguments[:2] == ["-m", "pytest"] else SHORTER.get(arguments[0], [])
            answer = subprocess.run([sys.executable, *arguments, *shorter], cwd=ROOT, capture_output=True, text=True,
                                    stdin=subprocess.DEVNULL, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)})
            assert answer.returncode == 0, f"{command}\n{answer.stdout}\n{answer.stderr}"
            if not shorter:
                assert_shown(block.output, answer.stdout, command)
