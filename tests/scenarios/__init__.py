"""Scenarios: their files, the pure engine, and whole stories played as timelines on two desks."""
