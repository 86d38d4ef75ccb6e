"""`paidan quarantine`: messages that could not be read, and reading them again."""

import base64
from pathlib import Path

import click

from console.telling import HOME_HELP, both, home_option, json_option, said_in_words, show, tell, words


@click.group(
    help=both("列出读不懂的来文；replay 让中心重读。", "List messages that could not be read; `replay` reads them again."),
    invoke_without_command=True,
)
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help=HOME_HELP)
@json_option
@click.pass_context
def command(ctx: click.Context, home: Path | None, as_json: bool) -> None:
    """Newest first: id, at, source, topic, reason, bytes, tries, replay_at; with --json the body too, as text or base64."""
    if ctx.invoked_subcommand is not None:
        return
    if home is None:
        raise click.MissingParameter(ctx=ctx, param_hint="--home", param_type="option")
    with said_in_words():
        from data.centre.quarantine import listing
        from data.clock import iso
        from data.views.lists import reading

        with reading(home) as (settings, conn):
            rows = listing(conn)
            zone = settings.zone
    say = words()
    shown = []
    for row in rows:
        body = bytes(row["body"])
        made = {
            "id": row["id"],
            "at": iso(row["at"], zone),
            "source": row["source"],
            "topic": row["topic"],
            "reason": say.say(row["reason"]) if row["reason"] else "",
            "bytes": row["bytes"],
            "tries": row["tries"],
            "replay_at": iso(row["replay_at"], zone) if row["replay_at"] else None,
        }
        shown.append({**made, **_body(body)} if as_json else made)
    show(shown, as_json=as_json)


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode("ascii")}


@command.command("replay", help=both("请中心重读留存的来文：全部或一条。", "Ask the centre to read the kept messages again: all, or one."))
@home_option
@click.option("--id", "id", type=int, help=both("只这一条", "only this message"))
def replay(home: Path, id: int | None) -> None:
    """The centre does it: at once when it runs, else at its next start."""
    with said_in_words():
        from data.centre.quarantine import ask_replay
        from data.domain.reason import because
        from data.settings import load
        from data.store.desk import Desk
        from data.store.lease import holder
        from data.store.schema import open_desk

        settings = load(home)
        conn = open_desk(home / "desk.db")
        try:
            count = ask_replay(Desk(conn, settings.clock), id)
        finally:
            conn.close()
        tell(because("quarantine_asked" if holder(home) else "quarantine_waits", count=count))
