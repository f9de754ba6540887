"""What stands in deploy/ names only settings, figures and files that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from api import metrics, worker_metrics
from api.settings import Settings, variable

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FIGURE = re.compile(r"\brollcall_[a-z_]+")

# Figures are there once these are imported.
FIGURES = (metrics, worker_metrics)


def expressions(dashboard: Any) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_every_variable_is_a_setting() -> None:
    known = {variable(name) for name in Settings.model_fields}
    named = {
        (path.name, name)
        for path in DEPLOY.iterdir()
        for name in re.findall(r"\bROLLCALL_[A-Z_]+\b", path.read_text())
    }

    assert len({name for name, _ in named}) >= 4
    assert {(file, name) for file, name in named if name not in known} == set()


def test_the_dashboard_shows_figures_that_the_server_has_and_each_of_them() -> None:
    served = {
        sample if family.type != "histogram" else f"{family.name}_bucket"
        for family in REGISTRY.collect()
        if family.name.startswith("rollcall_")
        for sample in ([f"{family.name}_total"] if family.type == "counter" else [family.name])
    }
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())

    shown = {name for text in expressions(dashboard) for name in FIGURE.findall(text)}

    assert shown == served


def test_panels_do_not_cover_one_another() -> None:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    covered: dict[tuple[int, int], str] = {}
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert x < 24, panel["title"]
                assert covered.setdefault((x, y), panel["title"]) == panel["title"]


def test_the_services_of_the_compose_file_fit_together() -> None:
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = composed["services"]

    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service.get("secrets", [])) <= set(composed["secrets"]), name
        for mount in service.get("volumes", []):
            assert mount.split(":")[0] in composed["volumes"], name
    build = services["migrate"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert services["server"]["image"] == services["migrate"]["image"]


def test_no_location_of_nginx_forgets_the_headers_of_the_site() -> None:
    site = (DEPLOY / "nginx.conf").read_text()
    locations = re.findall(r"(?m)^ *location [^{]*\{[^}]*\}", site)

    # One header set in a location, and none of the site's are inherited there.
    assert len(locations) == 3
    assert [each for each in locations if "proxy_set_header" in each] == []


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx checks its own configuration")
def test_nginx_takes_the_site(tmp_path: Path) -> None:
    certificate, key = tmp_path / "site.pem", tmp_path / "site.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", "/CN=rollcall.example.com"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text()
    site = site.replace("/etc/ssl/rollcall.example.com.pem", str(certificate))
    site = site.replace("/etc/ssl/rollcall.example.com.key", str(key))
    site = re.sub(r"listen (443|80)", r"listen 127.0.0.1:1\1", site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{site}}}\n"
    )

    checked = subprocess.run(
        ["nginx", "-t", "-q", "-c", tmp_path / "nginx.conf", "-p", tmp_path],
        capture_output=True,
        check=False,
        text=True,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
