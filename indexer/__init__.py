"""Vectors -> neighbours: indexes over song vectors, derived from the rows and deletable at any time."""
