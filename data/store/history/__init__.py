"""History: what sensors observed, behind two calls, `append(batch)` and `columns(sensor, start, end, n)`."""

from data.store.history.columns import Column, Latest
from data.store.history.history import History, Writer, open_reader, open_writer, tail_path
from data.store.history.points import Point

__all__ = ["Column", "History", "Latest", "Point", "Writer", "open_reader", "open_writer", "tail_path"]
