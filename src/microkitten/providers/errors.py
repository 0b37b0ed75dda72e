"""One error for all that can go wrong outside, which says whether trying again could help."""


class ProviderError(Exception):
    """A party could not, or would not, do what was asked.

    The message holds ids, codes and numbers, never a personal value: it is written to logs and shown to the
    merchant. No provider tries again by itself; the queue reads `permanent` and decides.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        """Keep the reason.

        :param message: what happened, in words that name nobody.
        :param permanent: True if the same request would fail again, False if it may pass later.
        """
        super().__init__(message)
        self.permanent = permanent
