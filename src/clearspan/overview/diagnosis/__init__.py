"""Which fault a sentence has. A wrong reference and a hallucination are different faults, never counted as one."""
