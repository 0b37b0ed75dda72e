"""A second opinion on the policy: Cedar judges what a translator of its own reads from the file."""
