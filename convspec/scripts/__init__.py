"""Programs that show a failure without us: the backend, NumPy, the arrays, expected and got.

`calls` records what a law asks of an implementation, `shown` picks what of it has to be shown,
`text` writes the program, `workshop` does all this in processes that may die, and tries the result.
"""
