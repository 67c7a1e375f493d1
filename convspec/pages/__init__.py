"""The pages of the specification: what is generated on them, and whether it is up to date.

Prose is written by hand. Whatever the catalogues know already (parameters, clauses and their laws,
refusals, dialects, pictures) stands in marked blocks that ``python -m convspec.pages --write``
fills in::

    <!-- begin generated: clauses Semantics -->
    …
    <!-- end generated -->
"""
