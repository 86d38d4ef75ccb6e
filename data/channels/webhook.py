"""Generic webhook: a JSON or form template to a URL. The receiver can tell a repeat by `Idempotency-Key`, the order's number.

With `sign_secret_*` each request carries `X-Paidan-Timestamp` (s, UTC) and `X-Paidan-Signature: sha256=<hex>`, the
HMAC-SHA256 of `<timestamp>.<body>`, so that the receiver can refuse a forged or an old one.
"""

import hashlib
import hmac
from collections.abc import Mapping

from data.channels import Parcel, Result, Way
from data.channels.shared import gateway
from data.channels.shared.gateway import GatewayConfig
from data.channels.shared.masking import mask_numbers
from data.channels.shared.secrets import Secret
from data.channels.shared.template import fill

KIND = "webhook"
WAY = Way.WORKER
check = gateway.check


class Config(GatewayConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[channel]] kind = "webhook"`."""

    sign_secret_file: str = ""
    sign_secret_env: str = ""
    idempotent: bool = True
    """false: the receiver does not look at `Idempotency-Key`; repeats are then marked 重发."""


def deduplicates(config: Config) -> bool:
    """By `Idempotency-Key`."""
    return config.idempotent


def send(config: Config, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """One attempt."""
    fields = gateway.with_secret(parcel, secrets) | {"text": mask_numbers(parcel.text)}
    body, kind, query = gateway.content(config, fields)
    headers = {**fill(config.headers, fields), "Idempotency-Key": parcel.id}
    if "sign_secret" in secrets:
        headers |= signed(secrets["sign_secret"].reveal(), parcel.stamp_ms // 1000, body)
    return gateway.carry(config, secrets, body, kind, query, headers)


def signed(secret: str, stamp_s: int, body: bytes) -> dict[str, str]:
    """The two headers of a signature."""
    digest = hmac.new(secret.encode(), f"{stamp_s}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Paidan-Timestamp": str(stamp_s), "X-Paidan-Signature": f"sha256={digest}"}
