"""Nouns and closed word sets of the work; pure, importable from every room."""
