"""The pages of the promise, by what they are about: the policy, its figures, the cookie, what machines ask for."""
