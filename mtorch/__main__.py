"""`python -m mtorch train.py --its --args` runs a PyTorch program as `python train.py --its --args` would on torch.

The program's `import torch` gives mtorch (see as_torch.py).  `-m package.module` runs a module, `-c` a line of code, `-`
what comes on the standard input.  What the program sees of itself (`sys.argv`, `sys.path`, `__main__`), its tracebacks and
its exit code are those of a program that Python runs by itself.
"""
from __future__ import annotations

import builtins
import importlib.util
import io
import os
import re
import runpy
import sys
from collections.abc import Callable
from types import CodeType, ModuleType, TracebackType

from .missing import PAGE

USAGE = """usage: python -m mtorch program.py [arguments]
       python -m mtorch -m module [arguments]
       python -m mtorch -c code [arguments]
       python -m mtorch - [arguments], the program on the standard input

Run a PyTorch program with mtorch in torch's place."""


def main(arguments: list[str]) -> None:
    """Run the program that the arguments name.

    Raises: whatever the program raises; SystemExit for arguments that name none.
    """
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, file=sys.stdout if arguments else sys.stderr)
        raise SystemExit(0 if arguments else 2)
    if arguments[0] in ("-V", "--version"):
        from .version import __version__
        print(f"mtorch {__version__.rpartition('+mtorch.')[2]}, as PyTorch {__version__.partition('+')[0]}")
        return
    if arguments[0] in ("-m", "-c") and len(arguments) == 1:
        print(f"Argument expected for the {arguments[0]} option\n{USAGE}", file=sys.stderr)
        raise SystemExit(2)
    if arguments[0].startswith("-") and arguments[0] not in ("-", "-m", "-c"):
        print(f"unknown option {arguments[0]}\n{USAGE}", file=sys.stderr)
        raise SystemExit(2)
    from . import as_torch  # noqa: F401
    sys.path.insert(1, os.path.join(os.path.dirname(__file__), "shims"))     # for processes that the program begins
    if arguments[0] == "-m":
        run_module(arguments[1], arguments[2:])
    elif arguments[0] == "-c":
        run_code(arguments[1], ["-c", *arguments[2:]], "<string>")
    elif arguments[0] == "-":
        run_code(sys.stdin.buffer.read(), arguments, "<stdin>")
    else:
        run_file(arguments[0], arguments[1:])


def run_file(path: str, arguments: list[str]) -> None:
    """Run a file, or the __main__.py of a folder, as `python path arguments` does."""
    sys.argv[:] = [path, *arguments]
    folder = os.path.isdir(path)
    if not sys.flags.safe_path:
        sys.path[0] = os.path.abspath(path) if folder else os.path.dirname(os.path.realpath(path))
    path = os.path.join(path, "__main__.py") if folder else path
    try:
        with io.open_code(os.path.abspath(path)) as file:
            source = file.read()
    except OSError as error:
        print(f"{sys.executable}: can't open file {os.path.abspath(path)!r}: [Errno {error.errno}] {error.strerror}",
              file=sys.stderr)
        raise SystemExit(2) from None
    module = new_main(os.path.abspath(path))
    shown_as_its_own(lambda: exec(compiled(source, os.path.abspath(path)), module.__dict__))


def run_code(code: str | bytes, argv: list[str], name: str) -> None:
    """Run code that is no file's as `python -c code` and `python -` do; its tracebacks call it by name."""
    sys.argv[:] = argv
    if not sys.flags.safe_path:
        sys.path[0] = ""
    module = new_main(None)
    shown_as_its_own(lambda: exec(compiled(code, name), module.__dict__))


def run_module(name: str, arguments: list[str]) -> None:
    """Run a module as `python -m name arguments` does."""
    sys.argv[:] = [name, *arguments]
    try:
        found = importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        print(f"{sys.executable}: No module named {name}", file=sys.stderr)
        raise SystemExit(1)
    shown_as_its_own(lambda: runpy.run_module(name, run_name="__main__", alter_sys=True))


def compiled(source: str | bytes, path: str) -> CodeType:
    """The code of a program, which does not inherit this file's __future__ imports."""
    return compile(source, path, "exec", dont_inherit=True)


def new_main(path: str | None) -> ModuleType:
    """A fresh module `__main__`, in which the program is to run."""
    module = ModuleType("__main__")
    vars(module).update(__builtins__=builtins, __spec__=None, __package__=None, __loader__=None)
    if "__annotations__" in vars(sys.modules["__main__"]):     # as this Python gives it to a program
        module.__annotations__ = {}
    if path is not None:
        vars(module).update(__file__=path, __cached__=None)
    sys.modules["__main__"] = module
    return module


def shown_as_its_own(program: Callable[[], object]) -> None:
    """Run the program; should it fail, have its traceback begin where the program begins."""
    try:
        program()
    except SystemExit:
        raise
    except BaseException as error:
        begins = own_part(error.__traceback__)
        add_advice(error)
        hook = sys.excepthook

        def show(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
            hook(kind, error.with_traceback(begins), begins)
        sys.excepthook = show
        raise                                          # Python ends as it does after any error


def own_part(traceback: TracebackType | None) -> TracebackType | None:
    """The part of a traceback that is below this file and runpy."""
    runners = (__file__, runpy.__file__, "<frozen runpy>")
    while traceback is not None and traceback.tb_frame.f_code.co_filename in runners:
        traceback = traceback.tb_next
    return traceback


def add_advice(error: BaseException) -> None:
    """Add a note to an error that came of a name which mtorch lacks, where Python itself wrote the message."""
    from .missing import nearest
    from .tensor import Tensor
    name = None
    if isinstance(error, AttributeError) and (isinstance(error.obj, Tensor) or error.obj is Tensor):
        owner, name, known = "mtorch.Tensor", error.name, dir(Tensor)
    elif isinstance(error, ImportError):
        failed = re.match(r"cannot import name '(\w+)' from '(torch[\w.]*|mtorch[\w.]*)'", error.msg or "")
        if failed and sys.modules.get(failed[2]) is not None:
            name, owner = failed[1], sys.modules[failed[2]].__name__
            known = dir(sys.modules[failed[2]])
    if name:
        near = nearest(name, known)
        error.add_note(f"{owner} has no {name!r}{f'; the nearest name is {near!r}' if near else ''}. "
                       f"{PAGE} lists what mtorch leaves out of PyTorch.")


if __name__ == "__main__":
    main(sys.argv[1:])
