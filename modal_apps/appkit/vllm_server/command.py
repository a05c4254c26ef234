"""The command line of `vllm serve`, as a list and never as a shell string."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PORT = 8001
# They would open the engine to others, or run a model's own code; both would also be set twice.
REFUSED = frozenset(
    {
        "--host",
        "--port",
        "--api-key",
        "--trust-remote-code",
        "--uds",
        "--root-path",
        "--allowed-media-domains",
        "--allowed-local-media-path",
    }
)
# Without a list of hosts, the engine fetches whatever URL a request gives as a picture, inside the network too.
MEDIA_HOSTS = "--allowed-media-domains"
NO_HOST = "no-host.invalid"  # a name that can never be one
SERVED_NAMES = "--served-model-name"
FLAG_PREFIX = "VLLM_FLAG_"
SECRET_WORDS = ("token", "key", "secret", "password")


class CommandError(ValueError):
    """An extra argument that must not be given, or cannot be read."""


@dataclass(frozen=True)
class VllmCommand:
    """
    What the engine is started with.

    Parameters:
        options: values by flag, such as `--max-model-len`; True is a flag alone, False and '' leave it out.
        extra: arguments that the user adds, already split.
        lists: flags that take several values, given as one text with spaces between.
        media_hosts: those from which the engine may fetch pictures, sound and video; from none, they come as `data:`.
    """

    model: str
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    port: int = PORT
    lists: frozenset[str] = frozenset()
    media_hosts: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """
        The whole command. It runs in this interpreter, so that no other installation is found on PATH.

        Raises:
            CommandError: an extra argument is refused.
        """
        check_extra(self.extra)
        command = [sys.executable, "-m", "vllm.entrypoints.cli.main", "serve", self.model]
        command += ["--host", HOST, "--port", str(self.port)]
        for flag, value in self.options.items():
            if value is True:
                command.append(flag)
            elif value is not False and value != "":
                command += [flag, *(str(value).split() if flag in self.lists else [str(value)])]
        return [*command, MEDIA_HOSTS, *(self.media_hosts or [NO_HOST]), *self.extra]

    def printed(self) -> str:
        """For the log: one line that a shell would understand, without the values of secrets."""
        shown: list[str] = []
        for argument in self.arguments()[3:]:
            before = shown[-1] if shown else ""
            hidden = before.startswith("--") and "=" not in before and _is_secret(before)
            shown.append("***" if hidden else _without_value(argument))
        return "vllm " + shlex.join(shown)


def split_extra(text: str, environ: Mapping[str, str], own: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """
    The user's own arguments: those of one text, and `VLLM_FLAG_<NAME>` variables as `--<name>`.

    Parameters:
        text: as in a shell, such as `--seed 1 --served-model-name "a b"`.
        environ: a flag's variable with an empty value, `1` or `true` is a flag alone.
        own: flags that the app sets, beside those that are refused everywhere.

    Raises:
        CommandError: quotes that do not close, or an argument that is refused.
    """
    try:
        extra = shlex.split(text)
    except ValueError as error:
        raise CommandError(f"cannot be split: {error}") from error
    for name in sorted(environ):
        if not name.startswith(FLAG_PREFIX):
            continue
        extra.append("--" + name.removeprefix(FLAG_PREFIX).lower().replace("_", "-"))
        if environ[name].lower() not in ("", "1", "true"):
            extra.append(environ[name])
    check_extra(extra, own)
    return tuple(extra)


def split_names(extra: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """The values of `--served-model-name`, in any spelling that the engine takes, and the arguments without it."""
    names: list[str] = []
    kept: list[str] = []
    inside = False
    for argument in extra:
        flag, equals, value = argument.partition("=")
        if argument.startswith("--"):
            inside = _names_models(flag)
            if inside and equals:
                names, inside = value.split(), False
            elif inside:
                names = []  # the last one counts, as for the engine
            else:
                kept.append(argument)
        elif inside:
            names.append(argument)
        else:
            kept.append(argument)
    return names, tuple(kept)


def _names_models(flag: str) -> bool:
    name = flag.lower().replace("_", "-")
    return len(name) > len("--served") and SERVED_NAMES.startswith(name)


def check_extra(extra: list[str] | tuple[str, ...], own: frozenset[str] = frozenset()) -> None:
    """
    Raises:
        CommandError: an argument that this app sets itself, also in a spelling that argparse would accept.
    """
    refused = REFUSED | own
    for argument in extra:
        name = argument.partition("=")[0].lower().replace("_", "-")
        # argparse takes `--hos` for `--host` when nothing else begins so.
        if name.startswith("--") and len(name) > 3 and any(flag.startswith(name) for flag in refused):
            raise CommandError(f"{argument.partition('=')[0]} is set by the app and cannot be given")


def _is_secret(flag: str) -> bool:
    return (
        any(word in flag.lower() for word in SECRET_WORDS)
        and "tokenizer" not in flag
        and "tokens" not in flag
    )


def _without_value(argument: str) -> str:
    flag, equals, _ = argument.partition("=")
    return f"{flag}=***" if equals and flag.startswith("--") and _is_secret(flag) else argument
