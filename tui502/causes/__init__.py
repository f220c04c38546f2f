"""Causes: one file each. A cause is added by its file and its line in `ALL`."""

from __future__ import annotations

from tui502.causes import (
    address_family,
    backend_closes_early,
    backend_slow,
    backend_stopped,
    bound_elsewhere,
    config_invalid,
    config_not_loaded,
    directory_permission,
    group_exhausted,
    header_too_big,
    nginx_down,
    no_fault,
    protocol_mismatch,
    recovered,
    socket_permission,
    stale_socket,
    tls_expected,
    tls_name,
    tls_unexpected,
    upstream_partly_down,
    wrong_port,
    wrong_socket_path,
)
from tui502.causes.cause import Cause

ALL: tuple[Cause, ...] = (
    nginx_down.CAUSE,
    wrong_port.CAUSE,
    bound_elsewhere.CAUSE,
    address_family.CAUSE,
    wrong_socket_path.CAUSE,
    stale_socket.CAUSE,
    backend_stopped.CAUSE,
    directory_permission.CAUSE,
    socket_permission.CAUSE,
    tls_expected.CAUSE,
    tls_unexpected.CAUSE,
    tls_name.CAUSE,
    protocol_mismatch.CAUSE,
    header_too_big.CAUSE,
    backend_slow.CAUSE,
    backend_closes_early.CAUSE,
    config_not_loaded.CAUSE,
    config_invalid.CAUSE,
    group_exhausted.CAUSE,
    upstream_partly_down.CAUSE,
    recovered.CAUSE,
    no_fault.CAUSE,
)
