"""ops/kubernetes: manifests that fit the pipeline, each other and Kubernetes' schemas."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from workers.local.worker_processes import POOLS, beat_command, worker_command
from workers.monitoring.metrics import Metrics
from workers.services import Services
from workers.settings import PREFIX, Settings

FOLDER = Path(__file__).parents[3] / "ops" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))
MANIFESTS = [
    manifest
    for name in KUSTOMIZATION["resources"]
    for manifest in yaml.safe_load_all((FOLDER / name).read_text("utf-8"))
    if manifest
]
NAMED = {(each["kind"], each["metadata"]["name"]): each for each in MANIFESTS}
DEPLOYMENTS = {name: each for (kind, name), each in NAMED.items() if kind == "Deployment"}
BUDGETS = {name: each for (kind, name), each in NAMED.items() if kind == "PodDisruptionBudget"}
SCALED = {name: each for (kind, name), each in NAMED.items() if kind == "ScaledObject"}
VERSION = "1.33"
# render needs a browser and more rights than most clusters give; relate is off by default
ABSENT = {"render", "relate"}
# made by hand, as README.md says
BY_HAND = {("Secret", "presswire"), ("ConfigMap", "outlets")}
pod_of = lambda manifest: manifest["spec"]["template"]["spec"]  # noqa: E731  a short name
by_deployment = pytest.mark.parametrize("name", DEPLOYMENTS)


def test_every_file_is_applied():
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(KUSTOMIZATION["resources"])
    assert len(NAMED) == len(MANIFESTS)


def test_every_stage_has_workers():
    assert set(DEPLOYMENTS) == (set(POOLS) - ABSENT) | {"beat", "serve", "metrics"}


@pytest.mark.parametrize("stage", sorted(set(POOLS) - ABSENT))
def test_a_worker_is_started_as_the_pipeline_says(stage):
    (container,) = pod_of(DEPLOYMENTS[stage])["containers"]
    assert container["command"][0] == "celery"
    _, _, _, *arguments = worker_command(stage, "presswire")
    assert container["command"][1:] == arguments
    assert container["livenessProbe"]["exec"]["command"] == ["presswire", "health", stage]


def test_beat_is_started_twice_as_the_pipeline_says():
    (container,) = pod_of(DEPLOYMENTS["beat"])["containers"]
    assert container["command"][1:] == beat_command()[3:]
    assert DEPLOYMENTS["beat"]["spec"]["replicas"] == 2
    assert DEPLOYMENTS["tick"]["spec"]["replicas"] == 2


@by_deployment
def test_a_pod_may_do_no_more_than_it_must(name):
    pod = pod_of(DEPLOYMENTS[name])
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    assert "livenessProbe" in container


@by_deployment
def test_a_worker_has_time_to_end_what_it_has_begun(name):
    assert pod_of(DEPLOYMENTS[name])["terminationGracePeriodSeconds"] >= (
        150 if name in POOLS else 30
    )


@by_deployment
def test_what_a_pod_refers_to_is_there(name):
    pod = pod_of(DEPLOYMENTS[name])
    (container,) = pod["containers"]
    known = set(NAMED) | BY_HAND
    for source in container["envFrom"]:
        for kind, reference in source.items():
            assert (kind.removesuffix("Ref").replace("secret", "Secret"), reference["name"]) in {
                (kind.replace("ConfigMap", "configMap"), name) for kind, name in known
            }
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    assert ("ConfigMap", volumes["outlets"]["configMap"]["name"]) in known
    claim = volumes["archive"]["persistentVolumeClaim"]["claimName"]
    assert ("PersistentVolumeClaim", claim) in known
    assert ("PodDisruptionBudget", name) in known or name == "metrics"
    labels = DEPLOYMENTS[name]["spec"]["template"]["metadata"]["labels"]
    assert DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"] == labels


@pytest.mark.parametrize("name", BUDGETS)
def test_a_budget_lets_one_pod_of_its_deployment_go(name):
    budget = BUDGETS[name]["spec"]
    labels = DEPLOYMENTS[name]["spec"]["template"]["metadata"]["labels"]
    assert budget == {"maxUnavailable": 1, "selector": {"matchLabels": labels}}


def test_the_settings_that_are_set_exist():
    data = NAMED["ConfigMap", "presswire"]["data"]
    assert {name.removeprefix(PREFIX).lower() for name in data} <= set(Settings.__struct_fields__)


@pytest.mark.parametrize("name", SCALED)
def test_a_scaled_object_scales_a_deployment_by_metrics_that_exist(name):
    scaled = SCALED[name]["spec"]
    deployment = DEPLOYMENTS[scaled["scaleTargetRef"]["name"]]
    assert scaled["minReplicaCount"] == deployment["spec"]["replicas"]
    assert scaled["maxReplicaCount"] > scaled["minReplicaCount"]
    (trigger,) = scaled["triggers"]
    query = trigger["metadata"]["query"]
    families = {family.name for family in Metrics(Services(Settings()), dict).describe()}
    asked = re.findall(r"presswire_\w+", query)
    assert {metric.removesuffix("_total") for metric in asked} <= families
    assert re.findall(r'(?:state|stage)="(\w+)"', query) == [name, name]


def test_prometheus_reads_what_keda_asks(tmp_path):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    queries = [each["spec"]["triggers"][0]["metadata"]["query"] for each in SCALED.values()]
    rules = [{"record": f"keda:{at}", "expr": query} for at, query in enumerate(queries)]
    file = tmp_path / "keda.yml"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "keda", "rules": rules}]}))
    done = subprocess.run(
        [promtool, "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_kustomize_makes_all_of_them():
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    done = subprocess.run(
        [kubectl, "kustomize", FOLDER], capture_output=True, text=True, check=True
    )
    made = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert {(each["kind"], each["metadata"]["name"]) for each in made} == set(NAMED)
    images = {
        container["image"]
        for each in made
        if each["kind"] in {"Deployment", "Job"}
        for container in pod_of(each)["containers"]
    }
    (image,) = KUSTOMIZATION["images"]
    assert images == {f"{image['newName']}:{image['newTag']}"}


@pytest.mark.parametrize(("kind", "name"), [each for each in NAMED if each[0] != "ScaledObject"])
def test_a_manifest_fits_kubernetes_schema(kind, name):
    schemas = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate")
    schemas.validate(NAMED[kind, name], VERSION, strict=True)
