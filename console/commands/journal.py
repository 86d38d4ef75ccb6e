"""`paidan journal`: every step ever taken, and whether the record holds."""

import sys
from pathlib import Path

import click

from console.telling import home_option, json_option, refuse, said_in_words, show, tell
from data.domain.reason import because


@click.command(help="List the journal, or --verify its chain and that it gives the very tables.")
@home_option
@json_option
@click.option("--verify", "check", is_flag=True, help="check the chain and replay it; exit 1 where it breaks")
@click.option("--case", "case_id", help="only this case")
@click.option("--limit", default=10_000, show_default=True)
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
