"""The Celery application of this process, for the settings of its environment."""

from workers.celery_app.configuration import make_app
from workers.celery_app.topology import Topology
from workers.services import settings_of_process

topology = Topology(settings_of_process().prefix)
app = make_app(settings_of_process(), topology)
