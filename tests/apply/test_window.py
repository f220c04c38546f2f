"""How long a change is watched: a repair that takes its time is not judged before it can show."""

from __future__ import annotations

from dataclasses import replace

from incident_of import incident_of
from site_to_mend import Site

from tui502.apply.window import LEAST, LONGEST, REPLAY, patience, window
from tui502.model.facts import Facts, Outage
from tui502.model.findings import Fix


def late(site: Site, directives: str) -> tuple[Facts, Outage, Fix]:
    """The site's page is too slow for nginx."""
    site.file.write_text(site.text(site.dead).decode().replace("location / {", f"location / {{ {directives}"))
    incident = incident_of(site)
    outage = replace(incident.facts.outages[0], symptoms=("upstream_timeout_read",))
    return incident.facts, outage, incident.findings[0].fixes[0]


def test_a_time_out_of_that_location_lengthens_it(site: Site) -> None:
    """If this fails, a change is judged before a single request could have timed out."""
    facts, outage, fix = late(site, "proxy_read_timeout 90s;")
    assert window(facts, (fix,), (outage,)) == 105.0
    refused = replace(outage, symptoms=("connection_refused",))
    assert window(facts, (fix,), (refused,)) == LEAST


def test_the_new_time_out_counts_and_the_replay_waits_for_it(site: Site) -> None:
    """If this fails, a longer time-out is taken back because a replay was given up before nginx would have answered."""
    facts, outage, fix = late(site, "proxy_read_timeout 2s; proxy_connect_timeout 2s; proxy_send_timeout 2s;")
    longer = replace(fix, waits=120.0)
    assert window(facts, (longer,), (outage,)) == 135.0
    assert patience((longer,)) == 125.0
    assert patience((fix,)) == REPLAY


def test_nobody_waits_for_a_day(site: Site) -> None:
    facts, outage, fix = late(site, "proxy_read_timeout 1d;")
    assert window(facts, (fix,), (outage,)) == LONGEST
