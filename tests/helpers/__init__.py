"""What tests share: real brokers, homes, a scripted unit, waiting without blind sleeps, skips that name their tool."""
