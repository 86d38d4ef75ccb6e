"""What draws: pure builders of lines from view-models, and the panes that put them on the screen."""
