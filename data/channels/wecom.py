"""企业微信 group robot: `{"errcode": 0}` is its yes; the duty phone is mentioned so that it rings there."""

from collections.abc import Mapping

from data.channels import Parcel, Result, Way
from data.channels.shared import robots
from data.channels.shared.robots import Codes, RobotConfig
from data.channels.shared.secrets import Secret

KIND = "wecom"
WAY = Way.WORKER
CODES = Codes("errcode", "errmsg", busy=frozenset({45009, 45033}))
"""45009 calls over the limit, 45033 too many at the same time [M]."""

Config = RobotConfig
check = robots.check


def deduplicates(config: RobotConfig) -> bool:
    """A group shows what it is sent."""
    return False


def send(config: RobotConfig, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """One attempt."""
    text: dict[str, object] = {"content": robots.text(parcel)}
    if parcel.phone:
        text["mentioned_mobile_list"] = [parcel.phone]
    return robots.post(config, secrets, CODES, {"msgtype": "text", "text": text})
