"""From prompts and values to words, and to the clips that are played."""
