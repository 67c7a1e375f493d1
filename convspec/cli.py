"""The command ``convspec``: a thin face of the engine.

Only click is imported here; what a command needs, it imports when it runs, so that ``--help``
answers at once.

Exit codes: 0 conforms · 1 deviates · 2 usage · 3 the adapter could not be opened or fails its
smoke test · 4 nothing ran · 130 interrupted. Of several adapters the gravest counts: 130, then 1,
3, 2, 4.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from .commands import (
    anchoring,
    beginning,
    fuzzing,
    keeping,
    looking,
    measuring,
    observing,
    proving,
    reporting,
    running,
    surveying,
)
from .encoding import tolerate
from .problems import fault, tell

EXAMPLES = """\b
Examples:
  convspec check torch
  convspec check numpy torch torch:no-mkldnn --report json
  convspec check my_kernels.py --op conv --clause '*.gradient*'
  convspec replay my_kernels.py 'conv x=1x1x3:float32:ramp@0 w=1x1x2:float32:ones@0'
  convspec list clauses
  convspec explain avg_pool

\b
Exit codes:
  0 conforms   1 deviates   2 usage   3 the adapter cannot be used   4 nothing ran
"""


class OneLineErrors(click.Group):
    """A group whose errors are one line and whose exit codes are ours."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run, then exit."""
        extra["standalone_mode"] = False
        extra["prog_name"] = "convspec"
        tolerate()
        try:
            code = super().main(*args, **extra)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            code = 2
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "convspec"
            tell(f"{error.format_message().rstrip('.')} (see {path} --help)")
            code = 2
        except click.ClickException as error:
            tell(error.format_message())
            code = error.exit_code
        except (KeyboardInterrupt, click.Abort):
            tell("interrupted")
            code = 130
        except BrokenPipeError:
            from .console import silence

            silence(sys.stdout)
            code = 0
        except Exception as error:
            tell(fault(error))
            code = 3  # Not 1: nothing has been found out about an implementation.
        sys.exit(code)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from . import __version__

        click.echo(f"convspec {__version__}")
        ctx.exit()


@click.group(
    cls=OneLineErrors, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version and exit.",
)  # fmt: skip
def cli() -> None:
    """Hold an implementation of convolution, padding and pooling to its specification."""


for command in (
    running.check,
    running.replay,
    fuzzing.fuzz,
    surveying.matrix,
    reporting.report,
    looking.list_,
    looking.explain,
    proving.mutants,
    proving.prove,
    measuring.power,
    keeping.findings,
    anchoring.anchors,
    observing.observe,
    beginning.init,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The entry point of the command."""
    cli.main(args=None if arguments is None else list(arguments))
