"""Static files with hashed names; our own compressed once, the back office's as they are (it is seldom asked for)."""

from collections.abc import Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage

SELDOM = ("admin/",)


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise has no types
    """WhiteNoise's storage, which at every new release would spend its time on the back office's 130 files."""

    def compress_files(self, names: Iterator[str]) -> Iterator[tuple[str, str]]:
        """Compress what shoppers load; yields (name, compressed name)."""
        yield from super().compress_files([name for name in names if not name.startswith(SELDOM)])
