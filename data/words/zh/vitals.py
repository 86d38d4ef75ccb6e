"""Words of 城市体征, 中文."""

WORDS: dict[str, str] = {
    "vitals.head": "城市体征 {since} 至 {until}",
    "vitals.all": "全部",
    "vitals.nowhere": "未定位",
    "vitals.column.name": "指标",
    "vitals.column.group": "范围",
    "vitals.column.value": "值",
    "vitals.column.budget": "目标",
    "vitals.column.of": "基数",
    "vitals.column.formula": "算法",
}
