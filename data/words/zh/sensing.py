"""Words of the search for sensors, 中文."""

WORDS: dict[str, str] = {
    "sensors.asking": "查感知 {n} 个",
    "sensors.hint": "上下选 Enter 看趋势  Tab 查案件  Esc 还原",
    "sensors.how": "打编号、名称、地点里的任意几个字,或拼音首字母、全拼;几个词用空格隔开",
    "sensors.none": "没有含「{text}」的感知",
    "sensors.code": "编号",
    "sensors.name": "名称",
    "sensors.place": "地点",
    "sensors.value": "读数",
    "sensors.age": "多久",
    "sensors.find": "查感知",
}
