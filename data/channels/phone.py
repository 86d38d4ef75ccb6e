"""电话: the screen shows the number, a clerk rings and says so. Nothing is sent; only his act makes it 发出."""

from collections.abc import Mapping

from data.channels import Outcome, Parcel, Result, Way
from data.channels.shared.common import Common
from data.channels.shared.secrets import Secret
from data.domain.reason import because

KIND = "phone"
WAY = Way.PERSON
Config = Common


def check(config: Common) -> tuple[str, str] | None:
    """Nothing that types do not show."""
    return None


def deduplicates(config: Common) -> bool:
    """Whoever answers knows what he was told."""
    return True


def send(config: Common, secrets: Mapping[str, Secret], parcel: Parcel) -> Result:
    """Never by a worker."""
    return Result(Outcome.REFUSED, because("channel_no_worker"))
