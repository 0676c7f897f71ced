"""`presswire completion`."""

from typing import Literal

import click
from click.shell_completion import get_completion_class

from workers.cli.support.terminal import CommandError, say


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: Literal["bash", "zsh", "fish"]) -> None:
    """Print what makes SHELL complete commands and options.

    \b
    bash: presswire completion bash > ~/.local/share/bash-completion/completions/presswire
    zsh:  presswire completion zsh > ~/.zfunc/_presswire
    fish: presswire completion fish > ~/.config/fish/completions/presswire.fish

    \f

    Raises:
        CommandError: click knows no such shell.
    """
    made = get_completion_class(shell)
    if made is None:
        raise CommandError(f"{shell}: completion is not known for it")
    root = context.find_root().command
    say(made(root, {}, "presswire", "_PRESSWIRE_COMPLETE").source())
