"""Getting paid: one payment an order, the processor's notices stored before they are believed (P14, P30)."""
