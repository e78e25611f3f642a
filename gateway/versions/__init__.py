"""Versions of the site: kept, published, taken by a running box with calls up, rolled back, tried as a draft."""
