"""SMS by any HTTP gateway: its URL, a form or JSON template with `$phone` and `$text`, and the path of its yes."""

from collections.abc import Mapping

from data.channels import Outcome, Parcel, Result, Way
from data.channels.shared import gateway
from data.channels.shared.gateway import GatewayConfig
from data.channels.shared.secrets import Secret
from data.channels.shared.template import fill
from data.domain.reason import because

KIND = "sms"
WAY = Way.WORKER


class Config(GatewayConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[channel]] kind = "sms"`."""

    idempotent: bool = False
    """true: the gateway takes `$id` as its own number and sends one message for it once."""


def check(config: Config) -> tuple[str, str] | None:
    """As of any gateway; and it must be told whom to write to."""
    if mistake := gateway.check(config):
        return mistake
    if "$phone" not in str(config.json or config.form):
        return "json, form: $phone", "settings_want_given"
    if config.idempotent and "$id" not in str(config.json or config.form):
        return "json, form: $id", "settings_want_given"
    return None


def deduplicates(config: Config) -> bool:
    """Only where the gateway says so."""
    return config.idempotent


def send(config: Config, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """One attempt; without a number there is none."""
    if not parcel.phone:
        return Result(Outcome.REFUSED, because("channel_no_phone", name=parcel.unit_name or parcel.unit))
    fields = gateway.with_secret(parcel, secrets)
    return gateway.carry(config, secrets, *gateway.content(config, fields), fill(config.headers, fields))
