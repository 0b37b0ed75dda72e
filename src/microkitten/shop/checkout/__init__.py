"""The sale as a whole: what needs the order, its stock, its payment and its shipments together."""
