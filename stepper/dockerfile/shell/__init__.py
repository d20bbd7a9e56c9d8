"""Shell scripts of RUN: which commands they have, and how the same shell can tell when each of them begins."""
