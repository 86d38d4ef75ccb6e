"""What click could not understand, said in the reader's language: what is wrong, what is near it, where help is."""

from typing import IO, Any

import click

from console.telling import words


class Mistyped(click.UsageError):
    """One sentence in place of click's usage, hint and error."""

    def show(self, file: IO[Any] | None = None) -> None:
        """On stderr."""
        click.echo(self.message, file=file, err=True)


def in_words(error: click.UsageError) -> Mistyped:
    """The same mistake with the same exit code. What no sentence of ours fits keeps click's."""
    path = error.ctx.command_path if error.ctx else "paidan"
    return Mistyped(f"{_sentence(error)}\n{words()('usage.help', command=path)}", error.ctx)


def _sentence(error: click.UsageError) -> str:
    say = words()
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        return say("usage.no_option_near", name=error.option_name, near=near) if near else say("usage.no_option", name=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("usage.missing", name=_name(error))
    if isinstance(error, click.BadParameter):
        return say("usage.bad", name=_name(error), problem=_problem(error))
    if isinstance(error.ctx and error.ctx.command, click.Group) and (name := _unknown_command(error)):
        return say("usage.no_command", name=name)
    return error.format_message()


def _name(error: click.BadParameter) -> str:
    """The option with its dashes, or the argument."""
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.human_readable_name


def _problem(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return words()("usage.one_of", choices=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.Path) and "does not exist" in error.message:
        return words()("usage.no_such_path")
    if isinstance(kind, click.Path) and error.message.endswith("is a directory."):
        return words()("usage.a_folder")
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType) and error.message.startswith("'"):
        return words()("usage.number")
    return error.message


def _unknown_command(error: click.UsageError) -> str:
    """From click's own sentence, which has the word in quotes and nothing else to ask for."""
    return str(getattr(error, "command_name", "") or (error.message.split("'")[1] if error.message.startswith("No such command '") else ""))
