"""The verbs of the sale: cart, quote, place, pay, finalize, tell; each file one step of the way."""
