"""The Celery application of this process, for the settings of its environment."""

from workers.celery_app.configuration import make_app
from workers.celery_app.messages import register_codecs
from workers.celery_app.topology import Topology
from workers.services import get_settings

register_codecs()
topology = Topology(get_settings().prefix)
app = make_app(get_settings(), topology)
