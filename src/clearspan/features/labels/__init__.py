"""What features are about, in words: who says so, how well it was tested, and every change."""
