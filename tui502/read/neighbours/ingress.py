"""The controller of ingress-nginx, which mixes its own lines (klog) with nginx's."""

from __future__ import annotations

import re

from tui502.read.neighbours.event import Program, rule

# fmt: off
PROGRAM = Program(
    "ingress-nginx",
    ("nginx-ingress", "controller"),
    re.compile(r"(?P<level>[IWEF])(?P<time>\d{4} \d\d:\d\d:\d\d\.\d+) +\d+ [\w.-]+:\d+\] "),
    (
        rule("no_endpoints", r"Service \\?\"(?P<name>[^\"\\]*)\\?\" does not have any active Endpoint",
            "No pod of this service is ready: nginx answers 503, or 502 while it still has an old address.",
            "kubectl get endpointslices; readiness of the pods"),
        rule("service_missing",
            r"(?:Error obtaining Endpoints for Service|Error getting service|service) \"?(?P<name>[^\s\":]{1,255})\"?.*(?:no object|does not exist|not found)",
            "The service that an ingress names does not exist.", "kubectl get service; name and namespace in the ingress"),
        rule("reload_failed", r"(?:Unexpected failure reloading the backend|Error reloading NGINX)",
            "nginx did not accept the new configuration and keeps the old one.", "the lines that follow: nginx -t"),
        rule("reloaded", r"(?:Backend successfully reloaded|\"Backend successfully reloaded\")", "nginx has a new configuration.", "nothing"),
        rule("stopping", r"\"?(?:Received SIGTERM, shutting down|Shutting down controller queues|Stopping NGINX process)",
            "The ingress stops: its connections end.", "a deploy or an eviction"),
    ),
)
