"""One leg: how a phone is rung, what is said to whoever answers, and its keys."""
