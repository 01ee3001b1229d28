"""`clearspan models …` and what fetches weights."""
