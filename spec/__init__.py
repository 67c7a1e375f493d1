"""What is true: the vocabulary, the clauses, the case. Standard library only."""
