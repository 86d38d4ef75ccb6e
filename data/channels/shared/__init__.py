"""What several channels use; no channel itself."""
