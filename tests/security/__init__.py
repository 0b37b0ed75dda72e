"""What an attacker finds: tokens in files, keys in memory, and what odd input does."""
