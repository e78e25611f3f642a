"""What to remember: past tense, frozen, for ever. `all` has every fact in one type."""
