"""Known failures, as regions of the case space: what is excused, and what has been fixed.

An entry of a file says for which implementation, of which clauses and in which region failures are
known, and gives one case that shows it. Failures outside every region are new; an entry whose case
passes is out of date, and fails the run until it is removed.
"""
