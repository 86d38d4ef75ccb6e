"""The bodies between the counts and the strip, one a module; the frame around them stays."""
