"""Words of the catalogue, 中文."""

WORDS: dict[str, str] = {
    "import.read": "读表",
    "import.write": "入库",
    "import.index": "建索引",
    "reason.import_done": "读入 {rows} 行，新增 {added} 个，改动 {changed} 个",
    "reason.import_refused": "{file} 的 {rows} 行里有 {bad} 行有错，一行也没有入库",
    "reason.history_import": "导入",
}
