"""`paidan backup`: a proven copy of the desk, and putting one back."""

from pathlib import Path

import click

from console.telling import both, home_option, said_in_words, tell
from data.domain.reason import because


@click.command(
    help=both(
        "不停机把库备份到 HOME/backups 并核对；--restore FILE 恢复一份（中心须先停）。",
        "Copy the desk to HOME/backups, checked, while all goes on; --restore FILE puts a copy back (no centre may run).",
    )
)
@home_option
@click.option(
    "--restore",
    "copy",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=both("用这份备份换下现在的库", "put this copy in the desk's place"),
)
@click.option("--keep", default=14, show_default=True, type=click.IntRange(1), help=both("保留最新几份", "newest copies that stay"))
def command(home: Path, copy: Path | None, keep: int) -> None:
    """Say the file."""
    with said_in_words():
        from data.settings import load
        from data.store import backup

        clock = load(home).clock
        if copy is None:
            tell(because("backup_made", file=str(backup.make(home, clock.now(), keep=keep))))
        else:
            tell(because("backup_restored", file=str(copy), aside=str(backup.restore(home, copy, clock))))
