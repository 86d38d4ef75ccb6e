"""Words of warnings from above, 中文."""

WORDS: dict[str, str] = {
    "warning.tell": "{level}预警：{headline}，请到岗值守。",
    "warning.colour.1": "红色",
    "warning.colour.2": "橙色",
    "warning.colour.3": "黄色",
    "warning.colour.4": "蓝色",
    "warning.status.Exercise": "演练",
    "warning.status.System": "系统",
    "warning.status.Test": "测试",
    "warning.status.Draft": "草稿",
    "warning.status.Actual": "",
    "warning.state.standing": "生效",
    "warning.state.expired": "已过期",
    "warning.state.cancelled": "已解除",
    "reason.history_warning_new": "收到预警：{text}",
    "reason.history_warning_update": "预警更新：{text}",
    "reason.history_warning_cancel": "预警解除：{text}",
    "reason.history_warning_join": "预警并为一条：{text}",
    "reason.history_warning_tell": "预警叫岗：{text}",
}
