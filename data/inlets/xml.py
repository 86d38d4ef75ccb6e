"""XML from outside, as a small tree: no DOCTYPE, no entities of its own, bounded. Pure.

expat resolves nothing by itself and is told to stop at a DOCTYPE, so no file is read and nothing expands. Chinese feeds are often in GBK, which expat
does not know: such a text is decoded here first.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from data.domain.errors import PayloadError
from data.domain.reason import because
from data.domain.text import one_line

MAX_BYTES = 4_000_000
"""Longest document; a national warning with polygons and signature is below one (judgement)."""
MAX_NODES, MAX_DEPTH = 100_000, 40
_GUOBIAO = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["'](gb2312|gbk|gb18030)["']""", re.IGNORECASE)


@dataclass(slots=True)
class Node:
    """An element: its name and namespace apart, its text stripped."""

    name: str
    namespace: str = ""
    text: str = ""
    children: list["Node"] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    """Those without a namespace."""

    def all(self, name: str) -> list["Node"]:
        """Children of this name, in order."""
        return [child for child in self.children if child.name == name]

    def get(self, name: str) -> str:
        """Text of the first child of this name; "" when there is none or it is empty."""
        return next((child.text for child in self.children if child.name == name), "")


def parse_xml(body: bytes) -> Node:
    """The document's element. Raises `PayloadError`."""
    if len(body) > MAX_BYTES:
        raise PayloadError(because("payload_too_large", bytes=len(body), most=MAX_BYTES))
    builder = _Builder()
    try:
        guobiao = _GUOBIAO.match(body)
        builder.parse(body.decode("gb18030").encode() if guobiao else body, "utf-8" if guobiao else None)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise PayloadError(because("payload_xml", error=one_line(str(error), 100))) from error
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root = Node("")
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def parse(self, body: bytes, encoding: str | None) -> None:
        parser = expat.ParserCreate(encoding, namespace_separator="\n")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = self._start, self._end, self._text
        parser.Parse(body, True)  # noqa: FBT003 — expat takes it by place

    def _doctype(self, *_: object) -> None:
        raise PayloadError(because("payload_doctype"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition("\n")
        node = Node(local, namespace, attributes=attributes)
        self._count += 1
        if self._count > MAX_NODES or len(self._open) >= MAX_DEPTH:
            raise PayloadError(because("payload_deep", most=MAX_DEPTH))
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)
