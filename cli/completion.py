"""The verb `completion`."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from .main import COMPLETE_VARIABLE, PROGRAM, app
from .output import result

SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "fish": FishComplete,
    "zsh": ZshComplete,
}


@click.command()
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
def command(shell: str) -> None:
    """Print the script that completes getvpn in a shell.

    \b
    bash: eval "$(getvpn completion bash)"    in ~/.bashrc
    zsh:  eval "$(getvpn completion zsh)"     in ~/.zshrc
    fish: getvpn completion fish | source     in ~/.config/fish/config.fish
    """
    result(SHELLS[shell](app, {}, PROGRAM, COMPLETE_VARIABLE).source().strip())
