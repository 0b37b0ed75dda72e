"""The door out: the only code of the store with a route to other parties, and it takes nothing but a `Disclosure`."""
