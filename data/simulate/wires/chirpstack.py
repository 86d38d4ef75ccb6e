"""ChirpStack v4, `event/up`: the decoder's object, the frame's number, and how well the gateway heard it."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from data.simulate.wires import Box, Stamp, Values

_RADIO = "rxInfo[0]."


def body(box: Box, values: Values, stamp: Stamp) -> dict[str, Any]:
    """All values; those of the radio stand with the gateway's."""
    radio = {field.removeprefix(_RADIO): value for field, value in values.items() if field.startswith(_RADIO)}
    return {
        "deduplicationId": str(uuid5(NAMESPACE_OID, f"{box.device}-{stamp.at}-{stamp.number}")), "time": stamp.utc,
        "deviceInfo": {"tenantName": "样例", "applicationName": "pailou", "deviceName": box.parts[0].sensor, "devEui": box.device, "tags": {}},
        "devAddr": f"00{box.device[-6:]}", "adr": True, "dr": 5, "fCnt": stamp.number, "fPort": 2, "confirmed": False, "data": "AQ==",
        "object": {field: value for field, value in values.items() if not field.startswith(_RADIO)},
        "rxInfo": [{"gatewayId": "a84041ffff210b01", "uplinkId": stamp.number, **radio}],
        "txInfo": {"frequency": 470_300_000, "modulation": {"lora": {"bandwidth": 125_000, "spreadingFactor": 7, "codeRate": "CR_4_5"}}},
    }  # fmt: skip
