"""What directives about nginx itself: its processes, tables, groups, scripts do, in a line each. Source: the module reference on nginx.org."""

from __future__ import annotations

from collections.abc import Mapping

PROCESS: Mapping[str, str] = {
    "accept_mutex_delay": "how long a worker waits for its turn to accept",
    "break": "ends the rewriting here",
    "debug_connection": "clients for which everything is logged",
    "debug_points": "what happens on an error inside nginx: stop or abort",
    "env": "variables of the environment that workers get",
    "epoll_events": "how many events are taken at once",
    "google_perftools_profiles": "where profiles are written",
    "least_time": "chooses the peer with the least time and connections",
    "lock_file": "the file by which workers take turns",
    "map_hash_bucket_size": "room for long values in that table",
    "map_hash_max_size": "size of the table of map",
    "master_process": "whether there are workers, for developers",
    "open_log_file_cache": "keeps logs with variables in their names open",
    "pcre_jit": "whether regular expressions are compiled",
    "server_names_hash_max_size": "size of the table of names of sites",
    "thread_pool": "threads that read and write files",
    "timer_resolution": "how often the time is asked for",
    "types_hash_bucket_size": "room for long endings in that table",
    "types_hash_max_size": "size of the table of types",
    "uninitialized_variable_warn": "whether unset variables are logged",
    "use": "how events are taken: epoll unless set",
    "variables_hash_bucket_size": "room for long names in that table",
    "variables_hash_max_size": "size of the table of variables",
    "worker_aio_requests": "reads of files at a time",
    "worker_cpu_affinity": "which worker runs on which CPU",
    "worker_priority": "the priority of workers, like nice",
    "worker_rlimit_core": "the largest core file of a worker",
    "working_directory": "where workers stand; core files go there",
}
