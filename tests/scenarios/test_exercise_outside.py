"""演练 of a served centre with channels of a real far side: nothing of it goes there, the centre may be killed in between, and nothing stays on."""

from pathlib import Path

import pytest

from data.init import init_home
from tests.helpers.brokers import AnyBroker
from tests.helpers.couriers import channel
from tests.helpers.homes import CentreProcess, paidan, paidan_json
from tests.helpers.http_far_side import FarSide
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until

SUPERVISOR = "陈立"


def furnish(home: Path, broker: str, far: FarSide) -> None:
    """A street whose every unit is reached by webhook first, and whose contacts are told by SMS."""
    init_home(home, "street", broker=broker)
    units = home / "units.toml"
    units.write_text(units.read_text(encoding="utf-8").replace('channels = ["mqtt"]', 'channels = ["hook", "mqtt"]'), encoding="utf-8")
    settings = home / "paidan.toml"
    text = settings.read_text(encoding="utf-8").replace("grace_s = 5.0", "grace_s = 0.2")
    more = 'form = { phone = "$phone", text = "$text" }'
    settings.write_text(text + channel(home, "hook", "webhook", far.url()) + channel(home, "sms", "sms", far.url(), more), encoding="utf-8")
    (home / "contacts.csv").write_text("kind,name,phone,sensor,grid\nduty,值班 样例,13800000109,,\n", encoding="utf-8")


def act(home: Path, number: int, name: str, *words: str) -> None:
    done = paidan("act", str(number), name, "--as", SUPERVISOR, "--confirm", *words, home=home)
    assert done.returncode == 0, done.stderr


def case(home: Path, number: int) -> dict[str, object]:
    return next((row for row in paidan_json("cases", "--all", home=home) if row["number"] == number), {})


@pytest.mark.xdist_group("served")
def test_an_exercise_reaches_nobody_outside_and_leaves_nothing_on(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """Ordered, killed in the middle, closed, reported; not one request. The next real case goes by the webhook and tells by SMS."""
    home = tmp_path / "pailou"
    with FarSide() as far:
        furnish(home, nats_broker.url, far)
        centre, client = CentreProcess(home), Client(nats_broker.url, "tester", topics=("paidan/+/in/order", "paidan/+/in/warn"))
        try:
            centre.start()
            asked = paidan("exercise", "flash_flood", "--grid", "DHG-03", "--as", SUPERVISOR, home=home)
            assert asked.returncode == 0, asked.stderr
            wait_until(lambda: case(home, 1), 20, "the case of the exercise")
            centre.kill()
            centre.start()
            act(home, 1, "dispatch")
            wait_until(lambda: len(client.messages()) == 2, 20, "the lead's and the assist's order")
            assert [message.get("exercise") for message in client.messages()] == [True, True]
            act(home, 1, "close", "--result", "演练结束")
            wait_until(lambda: case(home, 1)["state"] == "closed", 20, "the end")
            report = paidan_json("exercise", "--report", home=home)[0]
            assert (report["state"], report["moments"][-1]["what"], report["moments"][-1]["after_s"] > 0) == ("closed", "closed_at", True)
            assert far.asked == []
            client.publish("paidan/pailou/in/report", {"id": "r", "text": "上游涨水快漫过便桥", "grid": "DHG-03", "class": "0602"})
            wait_until(lambda: case(home, 2), 20, "a real case")
            act(home, 2, "dispatch")
            wait_until(lambda: len({asked.headers["content-type"] for asked in far.asked}) == 2, 20, "webhook and SMS")
            assert not any("演练" in asked.body.decode() for asked in far.asked)
        finally:
            client.close()
            centre.stop()
