"""`paidan exercise NAME`: a scenario played against real desks, every order marked, nothing outside touched; and the report of its times."""

import getpass
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.telling import both, home_option, json_option, operator_option, refuse, said_in_words, show, tell, words
from data.domain.reason import because

if TYPE_CHECKING:
    from data.exercises import ExerciseReport


@click.command(
    help=both(
        "演练：在真实席位上演一遍 NAME 这件事；--report 打印用时。中心须在运行。",
        "Exercise: play the scenario NAME against real desks; --report prints the times of one. The centre must be running.",
    )
)
@click.argument("name", required=False)
@home_option
@json_option
@operator_option
@click.option(
    "--sensor",
    default="",
    help=both("地点：登记过的传感器；不填取该情景种类的第一个", "where: a sensor of the register; else the first of the scenario's kinds"),
)
@click.option("--grid", default="", help=both("地点：网格", "where: a grid"))
@click.option("--address", default="", help=both("地点：文字", "where, in words"))
@click.option("--wait", type=click.FloatRange(0), default=0.0, help=both("等几秒到演完，再出报告", "wait so many seconds for its end, then report"))
@click.option(
    "--report",
    "report_id",
    is_flag=False,
    flag_value="newest",
    help=both("某次演练的用时：编号，不填为最近一次", "times of an exercise: its ID, or the newest"),
)
@click.option(
    "--stop",
    "stop_id",
    is_flag=False,
    flag_value="newest",
    help=both("中止演练，撤单、结案、出报告：编号，不填为最近一次", "end one that was given up, and report it: its ID, or the newest"),
)
def command(  # noqa: PLR0917 — click passes them by name
    name: str | None,
    home: Path,
    as_json: bool,
    operator: str | None,
    sensor: str,
    grid: str,
    address: str,
    wait: float,
    report_id: str | None,
    stop_id: str | None,
) -> None:
    """Ask for one, end one, or report one."""
    if [name, report_id, stop_id].count(None) != 2:
        raise click.UsageError("NAME, --report, --stop")
    with said_in_words():
        if stop_id is not None:
            report_id = _stop(home, "" if stop_id == "newest" else stop_id, operator or getpass.getuser())
        if name is not None:
            report_id = _ask(home, name, operator or getpass.getuser(), sensor=sensor, grid=grid, address=address)
            tell(because("exercise_asked", id=report_id))
            if not wait:
                return
            _wait(home, report_id, wait)
        found = _report(home, "" if report_id == "newest" else report_id or "")
    if found is None:
        refuse(because("exercise_none"))
    moments = [asdict(moment) for moment in found.moments]
    if as_json:
        show([asdict(found)], as_json=True)
        return
    say = words()
    state = say(f"state.{found.state}") if found.state else ""
    click.echo(say("exercise.head", scenario=found.scenario, case=found.case_id, by=found.asked_by, state=state))
    for moment in moments:
        after = "-" if moment["after_s"] is None else f"{moment['after_s']:.1f}"
        click.echo(f"{after:>8}  {say('exercise.' + moment['what'])}  {moment['unit']}".rstrip())


def _ask(home: Path, name: str, operator: str, **place: str) -> str:
    from data.exercises import ask
    from data.kinds import load_kinds
    from data.scenarios import load_scenarios
    from data.settings import load
    from data.store.desk import Desk
    from data.store.schema import open_desk

    settings = load(home)
    scenario = load_scenarios(home, load_kinds(home), settings.tables).get(name)
    if scenario is None:
        refuse(because("exercise_unknown", scenario=name))
    if place["grid"] and place["grid"] not in settings.tables.grids:
        refuse(because("unknown_grid", grid=place["grid"]))
    conn = open_desk(home / "desk.db")
    try:
        return ask(Desk(conn, settings.clock), scenario, operator=operator, seat="cli", **place)
    finally:
        conn.close()


def _stop(home: Path, id: str, operator: str) -> str:
    from data.exercises import stop
    from data.settings import load
    from data.store.desk import Desk
    from data.store.schema import open_desk

    settings = load(home)
    conn = open_desk(home / "desk.db")
    try:
        stopped = stop(Desk(conn, settings.clock), settings.tables, id, operator=operator, seat="cli")
    finally:
        conn.close()
    if stopped is None:
        refuse(because("exercise_none_runs"))
    return stopped


def _wait(home: Path, id: str, seconds: float) -> None:
    from data.exercises import is_over
    from data.views.lists import reading

    end = time.monotonic() + seconds
    with reading(home) as (_, conn):
        while not is_over(conn, id) and time.monotonic() < end:
            time.sleep(0.2)


def _report(home: Path, id: str) -> "ExerciseReport | None":
    from data.exercises import report
    from data.views.lists import reading

    with reading(home) as (settings, conn):
        return report(conn, settings.tables, id)
