"""Words of the catalogue, 中文."""

WORDS: dict[str, str] = {
    "import.read": "读表",
    "import.write": "入库",
    "import.index": "建索引",
    "reason.import_done": "读入 {rows} 行，新增 {added} 个，改动 {changed} 个",
    "reason.no_terminal": "席位要在终端里打开；没有终端（管道、脚本）时用 paidan --plain",
    "reason.folder_unwritable": "{folder} 建不了或写不进去（{problem}），请换一个目录",
    "reason.no_such_file": "没有这个文件：{file}，请核对路径",
    "reason.import_gbk": "{file} 是 GBK，已按 GBK 读",
    "reason.import_refused": "{file} 的 {rows} 行里有 {bad} 行有错，一行也没有入库",
    "reason.history_import": "导入",
}
