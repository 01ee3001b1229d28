"""Is a source fit to be believed here? Who says it comes before how it sounds."""
