"""The doors to the outside: one module for each outside thing. Edges never import each other."""
