"""Warnings from above (CAP): banners, references, roster, and the three ways in."""
