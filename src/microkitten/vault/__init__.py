"""The only place that seals or opens personal data: `types` for everybody, `door` for actions, `server` for
itself."""
