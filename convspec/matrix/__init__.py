"""Every adapter in an environment of its own, and one page, index and table of all of them."""
