"""`paidan journal`: every step ever taken, and whether the record holds."""

import sys
from pathlib import Path

import click

from console.telling import both, home_option, json_option, refuse, said_in_words, show, tell
from data.domain.reason import because


@click.command(
    help=both("列出流水账；--verify 核对链条，并核对重放得到同样的表。", "List the journal, or --verify its chain and that it gives the very tables.")
)
@home_option
@json_option
@click.option("--verify", "check", is_flag=True, help=both("核对链条并重放；断了退出码为 1", "check the chain and replay it; exit 1 where it breaks"))
@click.option("--case", "case_id", help=both("只列这件事", "only this case"))
@click.option("--limit", default=10_000, show_default=True, help=both("最多几行", "most rows"))
def command(home: Path, as_json: bool, check: bool, case_id: str | None, limit: int) -> None:
    """Oldest first."""
    with said_in_words():
        from data.store.journal import verify
        from data.views.lists import journal_list, reading

        with reading(home) as (settings, conn):
            if check:
                broken = verify(conn)
                if broken:
                    refuse(because("journal_broken", seq=broken.seq, what=f"@journal.{broken.what}", detail=broken.detail))
                tell(because("journal_holds", rows=conn.execute("SELECT count(*) FROM journal").fetchone()[0]))
                sys.exit(0)
            rows = journal_list(conn, settings, case_id, limit)
    show(rows, as_json=as_json)
