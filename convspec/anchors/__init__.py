"""Regression anchors: old releases with faults known from their trackers, which the suite has to
find unaided, and the newest releases, where the same clauses have to hold.

`reading` reads the list, `checking` runs both releases, each in an environment of its own.
"""
