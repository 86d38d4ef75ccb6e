"""Words of the catalogue, English."""

WORDS: dict[str, str] = {
    "import.read": "reading",
    "import.write": "writing",
    "import.index": "indexing",
    "reason.import_done": "{rows} rows read: {added} sensors added, {changed} changed",
    "reason.no_terminal": "a seat wants a terminal; in a pipe or a script use paidan --plain",
    "reason.folder_unwritable": "{folder} cannot be made or written to ({problem}); choose another folder",
    "reason.no_such_file": "no such file: {file}; check the path",
    "reason.import_gbk": "{file} is GBK and was read as such",
    "reason.import_refused": "{bad} of the {rows} rows of {file} are wrong; nothing was taken in",
    "reason.history_import": "import",
}
