"""Call-backs that the box dials by itself and that keep the client's place."""
