"""Words about a group of cases that goes as one order, and about assisting units that a home lacks, 中文."""

WORDS: dict[str, str] = {
    "settings_no_assist": "本中心没有这个协办单位，派单时不带它；有就写进 units.toml",
    "reason.scenario_no_assist": "本中心没有协办单位 {unit}，派单时不带它",
    "field.group": "并作一单的各件",
    "group.marked": "F2 把 {n} 件并作一单派给{unit}",
    "group.apart": "; {n} 件不并(#{number} {reason})",
    "group.none": "这 {n} 件并不成一单, F2 各派各的",
    "group.sure": "{n} 件并作一单派给{unit}",
    "group.chip": "{n} 件作一单",
    "order.joined": "等{n}件",
    "reason.group_critical": "特急不并",
    "reason.group_exercise": "演练和真事不并",
    "reason.group_unit": "归{name}办",
    "reason.group_unfit": "#{number} 已经变了, 没有派: 再按 V 看一遍",
    "reason.did_group": "已派 {n} 件作一单 #{number} -> {name}",
    "reason.did_undo_group": "已撤回 #{number}, {n} 件各自分开",
}
