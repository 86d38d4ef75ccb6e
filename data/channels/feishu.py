"""飞书 group robot: `{"code": 0}` is its yes; signed in the body where it has a secret. Its limit may come with status 400."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from data.channels import Parcel, Result, Way
from data.channels.shared import robots
from data.channels.shared.robots import Codes, RobotConfig
from data.channels.shared.secrets import Secret

KIND = "feishu"
WAY = Way.WORKER
CODES = Codes("code", "msg", busy=frozenset({9499, 11232, 230020}))
"""9499 too many requests, 11232 limit of the tenant (100 a minute, 5 a second), 230020 limit of the chat [M]."""

Config = RobotConfig
check = robots.check


def deduplicates(config: RobotConfig) -> bool:
    """A group shows what it is sent."""
    return False


def send(config: RobotConfig, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """One attempt."""
    body: dict[str, object] = {"msg_type": "text", "content": {"text": robots.text(parcel)}}
    if "secret" in secrets:
        stamp = parcel.stamp_ms // 1000
        body |= {"timestamp": str(stamp), "sign": signature(secrets["secret"].reveal(), stamp)}
    return robots.post(config, secrets, CODES, body)


def signature(secret: str, stamp_s: int) -> str:
    """HMAC-SHA256 of nothing under the key of both lines, in base 64: so this robot wants it."""
    return base64.b64encode(hmac.new(f"{stamp_s}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
