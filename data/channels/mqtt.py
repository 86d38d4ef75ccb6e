"""MQTT: other centres and MQTT units. `data.centre.outbox.Sender` carries it: published again with the same id until `delivered`."""

from collections.abc import Mapping

from data.channels import Outcome, Parcel, Result, Way
from data.channels.shared.common import Common
from data.channels.shared.secrets import Secret
from data.domain.reason import because

KIND = "mqtt"
WAY = Way.LINE
Config = Common


def check(config: Common) -> tuple[str, str] | None:
    """There is one line, and it has this name."""
    return None if config.name == "mqtt" else ("name", "settings_want_mqtt_name")


def deduplicates(config: Common) -> bool:
    """Every inbox counts an id once."""
    return True


def send(config: Common, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """Never by a worker."""
    return Result(Outcome.REFUSED, because("channel_no_worker"))
