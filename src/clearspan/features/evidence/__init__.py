"""What is known of each feature from reading held-out text: the table, and the pass that fills it."""
