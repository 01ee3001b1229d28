"""One file an architecture: what it begins with, what it pays for, and the dictionary that comes out."""
