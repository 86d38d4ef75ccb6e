"""From the picture that was sent to the one that is wanted, in the fewest bytes.

First whole ends of lines are erased, then runs of changed cells are written: line by line, or look by look across the
screen, or on a block of lines that was scrolled away; whichever is shortest. A move costs 1 to 8 bytes, a change of
colours about 20.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from console.terminal.pen import ERASE_LINE, HOME_AND_ERASE, Pen, size, way
from console.terminal.picture import Cell, Picture, Row, blank
from console.terminal.sgr import PLAIN, Look, change, on_blank

_WORTH_ERASING = 12
"""Changed cells of a line from which on it pays to look whether erasing it first is shorter."""
_WORTH_BRIDGING = 6
_WORTH_SCROLLING = 5
"""Lines of a block."""
Changed = list[tuple[int, Row, Row]]
"""(y, what is there, what shall be) of the lines that differ."""


@dataclass(frozen=True, slots=True)
class Run:
    """Changed cells beside each other that one look can write."""

    y: int
    x: int
    cells: list[Cell]
    look: Look


def paint(pen: Pen, sent: Picture | None, wanted: Picture) -> None:
    """Write what makes `wanted` of `sent`; None: it is not known what the terminal shows."""
    if sent is None or (sent.width, sent.height) != (wanted.width, wanted.height):
        sent = _erase_all(pen, wanted)
    changed = [(y, old, new) for y, (old, new) in enumerate(zip(sent.rows, wanted.rows, strict=True)) if old != new]
    if changed:
        trials = [_lines(pen, changed), _looks(pen, changed, wanted), *_on_a_block(pen, changed, wanted)]
        pen.join(min(trials, key=lambda trial: trial.cost))


def _erase_all(pen: Pen, wanted: Picture) -> Picture:
    ground = _ground(pen, [cell for row in wanted.rows for cell in row])
    pen.look = None
    pen.wear(ground)
    pen.out.append(HOME_AND_ERASE)
    pen.y = pen.x = 0
    return Picture(wanted.width, wanted.height, ground)


def _on_a_block(pen: Pen, changed: Changed, wanted: Picture) -> list[Pen]:
    """The longest block of changed lines scrolled away at once, if it is long enough to pay."""
    block = max(_blocks(changed), key=len)
    if len(block) < _WORTH_SCROLLING or sum(_count(old, new) for _, old, new in block) < _WORTH_SCROLLING * _WORTH_ERASING:
        return []
    trial, ground = pen.fork(), _ground(pen, [cell for _, _, new in block for cell in new])
    top, bottom = block[0][0], block[-1][0]
    trial.wear_blank(ground)
    trial.out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H\x1b[{len(block)}M\x1b[r")
    # Terminals go home here; a few do not.
    trial.y = trial.x = None
    empty = [blank(ground)] * wanted.width
    rest = [(y, empty if top <= y <= bottom else old, new) for y, old, new in changed]
    trial.join(_looks(trial, [(y, old, new) for y, old, new in rest if old != new], wanted))
    return [trial]


def _blocks(changed: Changed) -> list[Changed]:
    blocks: list[Changed] = []
    for each in changed:
        if blocks and blocks[-1][-1][0] == each[0] - 1:
            blocks[-1].append(each)
        else:
            blocks.append([each])
    return blocks


def _count(old: Row, new: Row) -> int:
    return sum(one != two for one, two in zip(old, new, strict=True))


def _lines(pen: Pen, changed: Changed) -> Pen:
    """Line by line from the top."""
    trial = pen.fork()
    for y, old, new in changed:
        trial.join(min(_row_ways(trial, y, old, new), key=lambda way: way.cost))
    return trial


def _row_ways(pen: Pen, y: int, old: Row, new: Row) -> list[Pen]:
    """One line as it is, and erased first."""
    ways = []
    for x, ground in _erasures(pen, old, new):
        trial = pen.fork()
        if ground is not None:
            trial.move(y, x)
            trial.wear_blank(ground)
            trial.out.append(ERASE_LINE)
        _write_all(trial, _runs(y, _erased(old, x, ground), new), new)
        ways.append(trial)
    return ways


def _looks(pen: Pen, changed: Changed, wanted: Picture) -> Pen:
    """Erasures first, then all runs of one look, then of the look nearest to it."""
    trial = pen.fork()
    runs: list[Run] = []
    for y, old, new in changed:
        x, ground = min(_erasures(pen, old, new), key=lambda each: _rough_cost(pen, y, old, new, *each))
        if ground is not None:
            trial.move(y, x)
            trial.wear_blank(ground)
            trial.out.append(ERASE_LINE)
        runs += _runs(y, _erased(old, x, ground), new)
    while runs:
        look = min({run.look for run in runs}, key=lambda each: (size(change(trial.look, each)), each.front, each.back, sorted(each.marks)))
        for run in [run for run in runs if run.look == look]:
            _write_run(trial, run, wanted.rows[run.y])
        runs = [run for run in runs if run.look != look]
    return trial


def _rough_cost(pen: Pen, y: int, old: Row, new: Row, x: int, ground: Look | None) -> int:
    runs = _runs(y, _erased(old, x, ground), new)
    return sum(len(run.cells) + 5 for run in runs) + (9 if ground is not None else 0)


def _erasures(pen: Pen, old: Row, new: Row) -> list[tuple[int, Look | None]]:
    """From where and to which ground the line's end may be erased: not at all; its blank tail; from the first change on."""
    first = next(x for x, cell in enumerate(new) if old[x] != cell)
    ways: list[tuple[int, Look | None]] = [(first, None)]
    tail = max(_tail(pen, new), first)
    if sum(old[x] != new[x] for x in range(tail, len(new))) > 3:
        ways.append((tail, new[-1].look))
    if sum(old[x] != new[x] for x in range(first, len(new))) >= _WORTH_ERASING:
        ways.append((first, _ground(pen, new[first:])))
    return ways


def _erased(old: Row, x: int, ground: Look | None) -> Row:
    return old if ground is None else old[:x] + [blank(ground)] * (len(old) - x)


def _ground(pen: Pen, cells: Iterable[Cell]) -> Look:
    """The ground that most blanks have, if the terminal can erase to it."""
    grounds = Counter(cell.look for cell in cells if cell.sign == " " and _erasable(pen, cell.look))
    return grounds.most_common(1)[0][0] if grounds else PLAIN


def _erasable(pen: Pen, ground: Look) -> bool:
    return not ground.marks and (pen.can_erase or not ground.back)


def _tail(pen: Pen, new: Row) -> int:
    """Where the blanks at the line's end begin that one erasure can make."""
    last, at = new[-1], len(new)
    if last.sign != " " or not _erasable(pen, last.look):
        return at
    while at and new[at - 1] == last:
        at -= 1
    return at


def _runs(y: int, old: Row, new: Row) -> list[Run]:
    """The changed cells of a line; a blank goes with the sign before it, or else the one after it, if its ground is theirs."""
    runs: list[Run] = []
    x, columns = 0, len(new)
    while x < columns:
        if old[x] == new[x]:
            x += 1
            continue
        run = _run_from(y, x, old, new)
        runs.append(run)
        x += len(run.cells)
    return runs


def _run_from(y: int, start: int, old: Row, new: Row) -> Run:
    look, x = new[start].look, start
    signed = new[start].sign != " "
    while x < len(new) and (old[x] != new[x] or new[x].sign == ""):
        cell = new[x]
        if cell.sign == " ":
            if on_blank(look) != cell.look:
                break
        elif cell.look != look:
            if signed or on_blank(cell.look) != look:
                break
            look = cell.look
        signed = signed or cell.sign != " "
        x += 1
    return Run(y, start, new[start:x], look)


def _write_all(pen: Pen, runs: list[Run], new: Row) -> None:
    for run in runs:
        _write_run(pen, run, new)


def _write_run(pen: Pen, run: Run, new: Row) -> None:
    _go(pen, run.y, run.x, new)
    if not all(pen.wears(cell) for cell in run.cells):
        if all(cell.sign == " " for cell in run.cells):
            pen.wear_blank(run.look)
        else:
            pen.wear(run.look)
    pen.write(run.cells, len(new))


def _go(pen: Pen, y: int, x: int, new: Row) -> None:
    """To (x, y) by the shortest way, perhaps writing again some cells before it that need no change of look."""
    if (pen.y, pen.x) == (y, x):
        return
    best, start = len(way(pen.y, pen.x, y, x)), x
    for at in range(x - 1, max(x - _WORTH_BRIDGING, 0) - 1, -1):
        if not pen.wears(new[at]):
            break
        cost = len(way(pen.y, pen.x, y, at)) + size("".join(cell.sign for cell in new[at:x]))
        if new[at].sign and (cost < best or (cost == best and (pen.y, pen.x) == (y, at))):
            best, start = cost, at
    pen.move(y, start)
    if start < x:
        pen.write(new[start:x], len(new))
