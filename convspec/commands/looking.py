"""`convspec list` and `convspec explain`: what one looks things up with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from convspec.problems import Problem, tell


@click.command("list", short_help="Show what there is: clauses, laws, claims, dialects, mutants …")
@click.argument(
    "what", type=click.Choice(("clauses", "laws", "claims", "dialects", "adapters", "mutants"))
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(what: str, as_json: bool) -> int:
    """Show what there is: clauses, laws, claims (of the source notes, with the clauses and laws
    they became), dialects (points where the field differs, and who chooses what), adapters or
    mutants (planted faults). Exit code 1 if a claim has no clause or no law.
    """
    from convspec.catalogues import as_document, as_table, entries

    found = entries(what)
    if as_json:
        click.echo(as_document(found))
    else:
        from convspec.console import console

        as_table(console(), found)
    bare = [entry["id"] for entry in found if not entry.get("complete", True)]
    if bare:
        tell(f"without a clause or a law: {', '.join(bare)}")
    return 1 if bare else 0


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--input", "sizes", metavar="5x5", help="Spatial extents of the input.")
@click.option("--kernel", "--window", "window", metavar="3x3", help="Extents of the window.")
@click.option("--stride", default="1", metavar="2x2", help="One number stands for every axis.")
@click.option(
    "--padding", default="0", metavar="1,1",
    help="Or low:high pairs 0:1,1:2, or same_upper, same_lower, valid.",
)  # fmt: skip
@click.option("--dilation", default="1", metavar="2x2", help="Distance of the window's cells.")
@click.option("--ceil", is_flag=True, help="Ceil mode (pools).")
@click.option("--groups", type=click.IntRange(1), default=1, metavar="G", help="Of channels.")
@click.option("--output-padding", default="0", metavar="1,1", help="For conv_transpose.")
@click.option("--output-size", metavar="3x3", help="For adaptive pools.")
@click.option("--mode", metavar="WORD", help="For pad: constant, reflect, symmetric …")
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the picture.",
)  # fmt: skip
@click.option("--output-cell", metavar="1,2", help="The output drawn.  [default: the last]")
def explain(
    words: tuple[str, ...],
    sizes: str | None,
    window: str | None,
    svg: Path | None,
    output_cell: str | None,
    **numbers: Any,
) -> None:
    """Look things up: a clause, an operation, a topic, or a layer with numbers.

    With --input and --kernel (or --output-size, or --mode), WORDS is an operation, and its sizes,
    windows and coverage are worked out, with who would do otherwise.

    \b
    Examples:
      convspec explain conv.output-size
      convspec explain avg_pool
      convspec explain ceil_mode
      convspec explain why is the corner pixel weaker
      convspec explain output size of k=3, s=2 on 6x6 with ceil mode
      convspec explain dialects
      convspec explain conv --input 5x5 --kernel 3x3 --stride 2x2 --padding 1,1
      convspec explain max_pool --input 6x6 --kernel 3 --stride 2 --ceil --svg pool.svg
      convspec explain adaptive_avg_pool --input 7x7 --output-size 3
      convspec explain pad --input 4 --padding 2:3 --mode reflect
      convspec explain vgg-16
    """
    from convspec.asked import numbers_in
    from convspec.console import console
    from convspec.explain import show
    from convspec.explain_numbers import given_layer, show_numbers
    from convspec.lookup import subject
    from convspec.traces import architecture_named, show_trace

    if output_cell and not svg:
        raise Problem("--output-cell says what is drawn; it goes with --svg FILE")
    network = architecture_named(words)
    if network is not None:
        show_trace(console(), network)
        return
    asked = numbers_in(words) if sizes is None and window is None else None
    if asked:
        about, found = asked
        sizes, window = found.pop("sizes"), found.pop("window")
        numbers |= found
    else:
        about = subject(words)
    layer = given_layer(about, sizes, window, svg is not None, numbers)
    if layer is None:
        show(console(), about)
        return
    if svg:
        from convspec.pictures import draw, write

        write(svg, draw(layer, output_cell))
    show_numbers(console(), layer)
    if svg:
        tell(f"picture written to {svg}")
