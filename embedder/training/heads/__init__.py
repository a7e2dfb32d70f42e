"""Fitting the heads of labels, and measuring them on artists that neither they nor their network had heard."""
