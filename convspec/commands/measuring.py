"""`convspec power`: what the tests of precision catch, and whom they accuse."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--most", type=click.IntRange(1), default=100_000, show_default=True, metavar="K",
    help="The longest sums.",
)  # fmt: skip
@click.option(
    "--batches", type=click.IntRange(1), default=20, show_default=True, metavar="N",
    help="Batches of sums per entry; fewer of long ones.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="What all data is drawn from.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def power(most: int, batches: int, seed: int, as_json: bool) -> int:
    """Measure what the tests of precision catch, and whom they accuse.

    Sums of K float32 products, correct ones and such that were made with less, on several kinds
    of data: the share of the batches that is found to be outside what rounding can do. Exit code 1
    if a correct one is.

    \b
    Examples:
      convspec power
      convspec power --most 1000 --batches 100
      convspec power --json > power.json
    """
    from convspec.power import table
    from convspec.power_table import show

    entries = []
    for entry in table(most, batches, seed):
        entries.append(entry)
        if not as_json:
            click.echo(f"\r{entry.data}, K = {entry.terms:,} …".ljust(40), nl=False, err=True)
    if not as_json:
        click.echo("\r".ljust(41) + "\r", nl=False, err=True)
    if as_json:
        import json

        document = {"schema": 1, "seed": seed, "entries": [entry.to_json() for entry in entries]}
        click.echo(json.dumps(document, indent=1))
    else:
        for line in show(entries):
            click.echo(line)
    return int(any(entry.honest and entry.outside for entry in entries))
