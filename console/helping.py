"""How `--help` is drawn: headings in the reader's language, and columns by the cells that a terminal gives a sign, not by signs."""

import re
from collections.abc import Iterable

import click

from console.telling import language
from data.words import Words

_TOKEN = re.compile(r"[!-~]+[，。；：、）」]*|\s|[^!-~\s][，。；：、）」]*")
"""A word of ASCII, a blank, or one other sign; with the marks that must not begin a line."""
_CLICKS = {"Show this message and exit.": "usage.this", "Options": "usage.options", "Commands": "usage.commands"}
"""What click says of itself, and our word for it."""


class HelpInWords(click.HelpFormatter):
    """click's help with our words; what a command and an option say is in the reader's language already (`telling.both`)."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line."""
        super().write_usage(prog, args, prefix or Words(language())("usage.usage"))

    def write_heading(self, heading: str) -> None:
        """Over options and commands."""
        super().write_heading(_ours(heading))

    def write_text(self, text: str) -> None:
        """A paragraph or more."""
        indent = " " * self.current_indent
        for line in folded(text, self.width - self.current_indent):
            self.write(f"{indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names, and beside them what they are for; a name too long has its line to itself."""
        rows = list(rows)
        start = min(max((len(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            lines = folded(_ours(text), self.width - self.current_indent - start)
            beside = [lines.pop(0)] if len(name) + col_spacing <= start else [""]
            for first, second in zip([name, *[""] * len(lines)], beside + lines, strict=True):
                self.write(f"{'':{self.current_indent}}{first:{start}}{second}".rstrip() + "\n")


def _ours(text: str) -> str:
    """The words that click adds, in the reader's language."""
    say = Words(language())
    text, bracket, extra = text.partition("  [")
    extra = re.sub(r"\bdefault: ", say("usage.default"), re.sub(r"\brequired\b", say("usage.required"), extra))
    return (say(_CLICKS[text]) if text in _CLICKS else text) + bracket + extra


def folded(text: str, cells: int) -> list[str]:
    """Lines of at most `cells` cells, broken between words and between Han signs. Never empty."""
    from widgets.cells import width

    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for token in _TOKEN.findall(paragraph):
            if width(line + token.rstrip()) > cells and line:
                lines.append(line.rstrip())
                line = ""
            line += token if line or not token.isspace() else ""
        lines.append(line.rstrip())
    return lines
