"""What serving takes, of one scenario: how fast, how many machines, what money, what energy."""
