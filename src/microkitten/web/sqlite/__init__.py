"""Django's SQLite backend with a fair lock: writers queue in the kernel instead of polling."""
