"""What a device says about a sensor of its own, in a discovery message. Pure; it names and explains, it never makes a sensor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Where it is said whether the entity can be heard, and in which words."""

    topic: str
    value_path: str = ""
    online: str = "online"
    offline: str = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One entity. Texts are clean; "" is not said."""

    topic: str
    """Where it was said, with `#<component>` for one of many in a message: the key by which it is changed and retired."""
    id: str = ""
    """The entity's `unique_id`, else made of the topic."""
    component: str = ""
    name: str = ""
    device: str = ""
    unit: str = ""
    device_class: str = ""
    state_topic: str = ""
    value_path: str = ""
    """Path in the state's JSON; "" is the whole payload."""
    expire_after_s: float | None = None
    availability: tuple[Availability, ...] = ()
    availability_mode: str = "latest"
    """`all` or `any` of them must say so, or the `latest` counts."""
    payload_on: str | bool | float | None = None
    payload_off: str | bool | float | None = None
    is_pending: bool = False
    """Its template is a program, or it has more than one state: a person must map it (待映射)."""
    is_retired: bool = False
