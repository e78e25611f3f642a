"""The figures: folds over facts, the same live as from the journal."""
