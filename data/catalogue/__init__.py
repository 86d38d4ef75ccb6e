"""The catalogue: the register of sensors taken in from tables, and found again by code, name, place or pinyin.

The register itself is the table `sensors` of desk.db. HOME/catalogue.db is derived from it and may be deleted at any time;
a seat reads it, a centre or `paidan import` brings it up to date.
"""
