"""The door out: the only code with a route to other parties; of people it takes only a `Disclosure`."""
