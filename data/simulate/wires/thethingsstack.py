"""The Things Stack v3, `…/up`: a decoder that writes numbers as text with their unit."""

from typing import Any

from data.simulate.wires import Box, Stamp, Values


def body(box: Box, values: Values, stamp: Stamp) -> dict[str, Any]:
    """All values, each with the unit that its row says."""
    units = {part.field: part.says for part in box.parts}
    application, device = box.topic.split("/")[1].partition("@")[0], box.device
    return {
        "end_device_ids": {"device_id": device, "application_ids": {"application_id": application}},
        "received_at": stamp.utc,
        "uplink_message": {
            "f_port": 2, "f_cnt": stamp.number, "frm_payload": "DkoAAAEGAAA=",
            "decoded_payload": {field: f"{value:.2f} {units[field]}" for field, value in values.items()},
            "rx_metadata": [{"gateway_ids": {"gateway_id": "bp-lora"}, "time": stamp.utc}],
            "settings": {"data_rate": {"lora": {"bandwidth": 125_000, "spreading_factor": 7}}, "frequency": "470300000"},
        },
    }  # fmt: skip
