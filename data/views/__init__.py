"""What the screens show: `models` (frozen view-models, the leaf that widgets may import) and one query module a place."""
