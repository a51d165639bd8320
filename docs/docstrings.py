"""Docstrings as Markdown, for the reference: an extension of Griffe, which mkdocstrings reads the source with.

In the source they are plain text, laid out for `help()` and for a reader of the file:

    The squared error.

    reduction: "mean", "sum" or "none"

    Shape: any -> ()
    Raises: ValueError for another reduction.

    >>> an example
"""
from __future__ import annotations

import re
from collections.abc import Iterator

import griffe

# A line that begins the explanation of arguments, and one that begins another part.
ARGUMENT = re.compile(r"(\*{0,2}[a-z_]\w*(?:, \*{0,2}[a-z_]\w*)*)(?:: | {2,})(?=\S)")
PART = re.compile(r"(Shape|Shapes|Raises|Returns|Source|Sources|Units|Range|Note|Example):\s*")
HEADING = re.compile(r"(Args|Arguments|Attributes|Parameters):$")


class AsMarkdown(griffe.Extension):
    """Turns each docstring into Markdown when it has been read."""

    def on_object(self, *, obj: griffe.Object, **kwargs: object) -> None:
        if obj.docstring is not None and not obj.is_module:
            obj.docstring.value = markdown(obj.docstring.value + source_of_the_module(obj))


def source_of_the_module(obj: griffe.Object) -> str:
    """The paragraph in which the file of a public name says where its idea comes from, if the name itself does not."""
    whole_file = obj.module.docstring
    if whole_file is None or obj.name.startswith("_") or obj.parent is not obj.module or "Source" in obj.docstring.value:
        return ""
    found = [part for part in re.split(r"\n\s*\n", whole_file.value) if re.match(r"Sources?:", part)]
    return f"\n\n{found[0]}" if found else ""


def markdown(docstring: str) -> str:
    """A plain docstring as Markdown: arguments as a list, each part a paragraph, examples as code."""
    return "\n\n".join(block for paragraph in re.split(r"\n\s*\n", docstring.strip("\n")) for block in blocks(paragraph))


def blocks(paragraph: str) -> Iterator[str]:
    lines = paragraph.split("\n")
    if lines[0].lstrip().startswith(">>>"):
        yield "\n".join(["```pycon", *dedented(lines), "```"])
        return
    if HEADING.match(lines[0]):
        lines = dedented(lines[1:])
    if lines and all(line.startswith("    ") for line in lines):
        yield "\n".join(["```text", *dedented(lines), "```"])          # a formula, a table
        return
    pieces: list[list[str]] = []
    for line in lines:
        if not pieces or (line[:1].strip() and (ARGUMENT.match(line) or PART.match(line))):
            pieces.append([])
        pieces[-1].append(line.strip())
    listed: list[str] = []
    for piece in pieces:
        text = " ".join(piece)
        argument = ARGUMENT.match(text)
        if argument and len(argument[1].split()) <= 6 and ("  " in argument[0] or ": " in argument[0]):
            names = ", ".join(f"`{name}`" for name in argument[1].split(", "))
            listed.append(f"- {names}: {escaped(text[argument.end():].lstrip())}")
            continue
        if listed:
            yield "\n".join(listed)
            listed = []
        part = PART.match(text)
        yield f"**{part[1]}:** {escaped(text[part.end():])}" if part else escaped(text)
    if listed:
        yield "\n".join(listed)


def dedented(lines: list[str]) -> list[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]


def escaped(text: str) -> str:
    """Text outside backticks, with what Markdown would read as markup made plain."""
    parts = text.split("`")
    return "`".join(part if i % 2 else plain(part) for i, part in enumerate(parts))


def plain(text: str) -> str:
    return re.sub(r"([\\*_\[\]#])", r"\\\1", text).replace("<", "&lt;").replace(">", "&gt;")
