"""History: what sensors observed, behind two calls, `append(batch)` (`writer`) and `columns(sensor, start, end, n)`."""

from data.store.history.columns import Column, Latest
from data.store.history.history import History, open_reader
from data.store.history.points import Point

__all__ = ["Column", "History", "Latest", "Point", "open_reader"]
