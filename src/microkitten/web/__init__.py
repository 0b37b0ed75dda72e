"""The door in: requests, pages, forms, security headers and the queue, the same for every room."""
