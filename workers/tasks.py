"""The door for Celery's command line: `celery -A workers.tasks worker -Q presswire.parse`."""

from workers.celery_app import tasks  # registers every task
from workers.celery_app.app import app

__all__ = ["app", "tasks"]
