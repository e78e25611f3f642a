"""`gateway explain`: a past call's way in words, from the journal; the sentences are the simulator's."""
