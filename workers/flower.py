"""`celery -A workers.flower flower`: Flower with every path behind its password. Its own metrics,
health check and files are open to everybody otherwise."""

from typing import Any

import tornado.web
from flower.views import BaseHandler

from workers.celery_app.app import app

__all__ = ["app"]


def demand_password(handler: Any) -> None:  # noqa: ANN401  one of Tornado's
    """Called before each request; raises what Tornado answers with 401."""
    if handler.application.options.basic_auth:
        BaseHandler.get_current_user(handler)


_HANDLERS: tuple[Any, ...] = (BaseHandler, tornado.web.StaticFileHandler)
for handler_class in _HANDLERS:
    handler_class.prepare = demand_password
