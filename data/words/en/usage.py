"""What a command line says of words it does not understand."""

WORDS: dict[str, str] = {
    "usage.no_option": "no option {name}",
    "usage.no_option_near": "no option {name}; did you mean {near}",
    "usage.no_command": "no command {name}",
    "usage.missing": "{name} is missing",
    "usage.bad": "{name} is wrong: {problem}",
    "usage.one_of": "one of {choices}",
    "usage.number": "a number is wanted",
    "usage.span": "{value} (write 30d, 12h or 90m)",
    "usage.a_folder": "this is a folder; a file is wanted",
    "usage.no_such_path": "no such file or folder; check the path",
    "usage.help": "see {command} --help",
    "usage.usage": "Usage: ",
    "usage.options": "Options",
    "usage.commands": "Commands",
    "usage.this": "show this help",
    "usage.default": "default: ",
    "usage.required": "required",
}
