"""The outside world: database, password hashing, logs. Knows no word of blogs."""
