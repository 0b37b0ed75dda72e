"""The drawing kit: paths, lit shapes, materials, cats and scenes from which each sample picture is put together."""
