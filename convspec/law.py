"""Laws: what the suite checks, declared next to the code that checks it.

A law is a function of one `Trial` that returns if the implementation obeys and raises a
`Mismatch` if it does not. The decorator names the clause, the operations it holds for and
the part of the case space it is about, and turns the function into a pytest test.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from convspec.building import REAL_PATTERNS, SCALED_PATTERNS
from convspec.fitting import fits
from convspec.plugin import LAW
from convspec.spaces import Space, space_for
from convspec.spec.case import Case
from convspec.spec.claims import Claims, OpClaims
from convspec.trial import Trial

LAWS_PACKAGE = "convspec.conformance"

SPECIAL_PATTERNS = (*REAL_PATTERNS, *SCALED_PATTERNS, "nan", "nans", "eye", "floor", "bank")
"""Contents that only laws which ask for them can take."""

Check = Callable[[Trial], None]

Becomes = Callable[[Case, Claims], Case | None]


@dataclass(frozen=True)
class Law:
    """A checked property. `clause` is the part of the slug after the operation's name.

    `share` weighs the law in the budget of cases. `narrow`, `scale`, `gradient` and
    `defective` choose its case space (see `spaces.space_for`). `real`: about real-valued data.
    `ranks`: the numbers of spatial axes it says anything about. `bits`: it compares bit by bit
    what results of integers or single cells are, which nobody claims of a declared transform.
    `becomes`: the case that it makes of the one drawn, and puts in its place; None: there is none.
    """

    name: str
    clause: str
    ops: tuple[str, ...]
    statement: str
    check: Check
    share: float = 1.0
    scale: str = "general"
    narrow: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    gradient: bool = False
    defective: bool = False
    ranks: tuple[int, ...] = (0, 1, 2, 3)
    bits: bool = False
    becomes: Becomes | None = None

    def asked(self, case: Case, claims: Claims) -> Case:
        """The case that is put to the implementation where this one was drawn: what regions are
        asked about."""
        return (self.becomes and self.becomes(case, claims)) or case

    def hold(self, trial: Trial) -> None:
        """Put a case to the law. Raises a Mismatch if the implementation breaks it.

        A dialect may refuse what the definition accepts; then the implementation has to.
        """
        departs = trial.op in trial.adapter.claims.departing and not self.defective
        if departs and not trial.meaningful():
            trial.require_refused(trial.refusal())
        else:
            self.check(trial)

    def slug(self, op: str) -> str:
        """The clause this law holds an operation to."""
        return f"{op}.{self.clause}"

    def space(self, op: str, rank: int, claims: Claims) -> Space | None:
        """Its case space for an adapter; None if the adapter does not claim any of it."""
        claimed = claims.ops.get(op)
        if claimed is None or rank not in claimed.ranks or rank not in self.ranks:
            return None
        if not self.claimed_by(claimed):
            return None
        if self.bits:
            kept = tuple(d for d in claimed.dtypes if d not in dict(claimed.algorithm))
            claimed = replace(claimed, dtypes=kept)
            if not kept:
                return None
        return space_for(
            op, rank, claimed, scale=self.scale, narrow=self.narrow, gradient=self.gradient,
            defective=self.defective, whole=claims,
        )  # fmt: skip

    def claimed_by(self, claims: OpClaims, dtype: str | None = None) -> bool:
        """Whether what the law asks for is claimed: gradients, an empty batch, bits of a dtype."""
        if self.bits and dtype in dict(claims.algorithm):
            return False
        asked = {"second-gradient": claims.second_gradient, "empty-batch": claims.empty_batch}
        return (claims.gradient or not self.gradient) and asked.get(self.clause, True)

    def applies_to(self, case: Case, valid: bool) -> bool:
        """Whether a case that was not drawn for this law can be put to it."""
        patterns = (
            v for k, values in self.narrow.items() if k.endswith(".pattern") for v in values
        )
        special = set(patterns) & set(SPECIAL_PATTERNS)
        found = {t.pattern for t in case.tensors} & set(SPECIAL_PATTERNS)
        return (
            case.op.name in self.ops
            and case.rank in self.ranks
            and valid != self.defective
            and ("g" in case) == self.gradient
            and (found <= special and bool(found) == bool(special))
            and (self.defective or (self.narrow.get("batch") == (0,)) == _is_empty(case))
            and (self.defective or fits(case, self.narrow))
        )


def _is_empty(case: Case) -> bool:
    return case.tensors[0].shape[:1] == (0,)


_REGISTRY: dict[str, Law] = {}


def law(
    clause: str,
    ops: tuple[str, ...],
    *,
    share: float = 1.0,
    scale: str = "general",
    narrow: Mapping[str, tuple[Any, ...]] | None = None,
    gradient: bool = False,
    defective: bool = False,
    ranks: tuple[int, ...] = (0, 1, 2, 3),
    bits: bool = False,
    becomes: Becomes | None = None,
) -> Callable[[Check], Callable[[Any], None]]:
    """Declare a law; the decorated function becomes a pytest test that draws its cases.

    The first line of the function's docstring is the law's statement.
    """

    def declare(check: Check) -> Callable[[Any], None]:
        name = check.__name__.removeprefix("test_")
        known = _REGISTRY.get(name)
        # pytest may import a file under a name of its own: that is the same law once more.
        if known and known.check.__code__.co_filename != check.__code__.co_filename:
            raise ValueError(f"two laws are named {name}")
        statement = (check.__doc__ or "").strip().splitlines()[0]
        declared = Law(
            name, clause, ops, statement, check,
            share, scale, dict(narrow or {}), gradient, defective, ranks, bits, becomes,
        )  # fmt: skip
        declared = _REGISTRY.setdefault(name, declared)

        def test(law_run: Callable[[], None]) -> None:
            law_run()

        test.__name__ = test.__qualname__ = check.__name__
        test.__doc__, test.__module__ = check.__doc__, check.__module__
        setattr(test, LAW, declared)
        return test

    return declare


def all_laws() -> dict[str, Law]:
    """Every law by name, in the order of the suite's files. Found by name, as plug-ins are."""
    package = importlib.import_module(LAWS_PACKAGE)
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        if module.name.startswith("test_"):
            importlib.import_module(f"{LAWS_PACKAGE}.{module.name}")
    return dict(_REGISTRY)
