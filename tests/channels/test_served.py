"""A served centre on a real broker: the order leaves by webhook, the receipt comes as an SMS, the status says so."""

from pathlib import Path

import pytest

from data.init import init_home
from tests.helpers.brokers import AnyBroker
from tests.helpers.couriers import channel
from tests.helpers.homes import CentreProcess, paidan, paidan_json
from tests.helpers.http_far_side import FarSide, answer
from tests.helpers.mqtt import Client
from tests.helpers.waiting import wait_until

REPORT = {"id": "rep-1", "text": "星都会小区6号楼车库垃圾堵门，气温升高，异味难闻", "grid": "DHG-03", "class": "0102"}


def steps(home: Path) -> list[str]:
    """Acts of the first case."""
    return [row["act"] for row in paidan_json("journal", "--case", "1", home=home)]


@pytest.mark.xdist_group("served")
def test_an_order_by_webhook_and_its_receipt_by_sms(tmp_path: Path, nats_broker: AnyBroker) -> None:
    """The first answer is an error, the second a yes: one number, sent once the yes is there."""
    home = tmp_path / "dahegou"
    with FarSide() as far:
        far.script(answer(b"", 503), answer({"errcode": 0}))
        init_home(home, "community", broker=nats_broker.url)
        for name, old, new in (
            ("paidan.toml", "grace_s = 5.0", "grace_s = 0.2"),
            ("units.toml", 'phone = "13800000041"\nchannels = ["mqtt"]', 'phone = "13800000041"\nchannels = ["hook", "phone"]'),
        ):
            text = (home / name).read_text(encoding="utf-8")
            assert old in text
            (home / name).write_text(text.replace(old, new), encoding="utf-8")
        with (home / "paidan.toml").open("a", encoding="utf-8") as file:
            file.write(channel(home, "hook", "webhook", far.url()))
        centre, client = CentreProcess(home), Client(nats_broker.url, "tester")
        try:
            centre.start()
            client.publish("paidan/dahegou/in/report", REPORT)
            wait_until(lambda: paidan_json("cases", home=home), 20, "a case")
            done = paidan("act", "1", "dispatch", "--as", "林晓燕", "--confirm", home=home)
            assert done.returncode == 0, done.stderr
            wait_until(lambda: len(far.asked) == 2, 20, "two attempts")
            assert {asked.headers["idempotency-key"] for asked in far.asked} == {far.asked[0].json["id"]}
            client.publish("paidan/dahegou/in/sms", {"id": "s1", "from": "13800000041", "text": "收到 1", "time": "2026-11-24T15:00:00+08:00"})
            wait_until(lambda: paidan_json("cases", home=home)[0]["state"] == "working", 20, "working")
            # The unit may answer before the channel's yes is committed: both are facts, in any order.
            wait_until(lambda: {"release", "sent", "receipt_accepted"} <= set(steps(home)), 20, "all three facts")
        finally:
            client.close()
            centre.stop()
