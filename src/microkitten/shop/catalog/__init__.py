"""The catalog: what the shop sells, shown to everybody alike and built without a person."""
