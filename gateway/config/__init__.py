"""The admin's files: read as YAML nodes so that every value keeps its place; all mistakes are reported at once."""
