"""What `clearspan doctor` looks at: this machine, what is kept on it, and what to do where something is not right."""
