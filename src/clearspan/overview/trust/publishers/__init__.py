"""Who publishes a page, and what is known of them."""
