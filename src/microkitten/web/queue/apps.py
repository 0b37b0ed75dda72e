"""Django's name for the queue."""

from django.apps import AppConfig


class QueueConfig(AppConfig):
    """The queue as an application; its table is the outbox."""

    name = "microkitten.web.queue"
    label = "queue"
