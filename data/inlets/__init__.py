"""Ways in beside the broker's own topics. One module here is one way."""
