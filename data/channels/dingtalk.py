"""钉钉 group robot: `{"errcode": 0}` is its yes; signed where it has a secret."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from data.channels import Parcel, Result, Way
from data.channels.shared import robots
from data.channels.shared.robots import Codes, RobotConfig
from data.channels.shared.secrets import Secret

KIND = "dingtalk"
WAY = Way.WORKER
CODES = Codes("errcode", "errmsg", busy=frozenset({130101, 90030, 90018}))
"""130101 more than 20 a minute, 90030 calls over the limit, 90018 too frequent [M]."""

Config = RobotConfig
check = robots.check


def deduplicates(config: RobotConfig) -> bool:
    """A group shows what it is sent."""
    return False


def send(config: RobotConfig, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """One attempt."""
    body = {"msgtype": "text", "text": {"content": robots.text(parcel)}, "at": {"atMobiles": [parcel.phone] if parcel.phone else []}}
    query = signature(secrets["secret"].reveal(), parcel.stamp_ms) if "secret" in secrets else ""
    return robots.post(config, secrets, CODES, body, query)


def signature(secret: str, stamp_ms: int) -> str:
    """`timestamp=…&sign=…` for the URL: HMAC-SHA256 of both lines, in base 64."""
    digest = hmac.new(secret.encode(), f"{stamp_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return urlencode({"timestamp": stamp_ms, "sign": base64.b64encode(digest).decode()})
