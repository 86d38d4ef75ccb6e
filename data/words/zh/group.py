"""一批案件作一单派出，和本中心没有的协办单位，中文。"""

WORDS: dict[str, str] = {
    "settings_no_assist": "本中心没有这个协办单位，派单时不带它；有就写进 units.toml",
    "reason.scenario_no_assist": "本中心没有协办单位 {unit}，派单时不带它",
}
