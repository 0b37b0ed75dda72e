"""microkitten: an online shop in which the privacy policy is the program."""

__version__ = "0.1.0"
