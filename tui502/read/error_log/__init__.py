"""nginx's error log: records, what they mean, and how often they occur. Pure; `data` and `raw` are bytes as read and never trusted."""

from tui502.read.error_log.classify import CLASSIFIER, Meaning, classify
from tui502.read.error_log.grammar import records
from tui502.read.error_log.record import Record, parse
from tui502.read.error_log.tallies import ErrorTallies, tally

__all__ = ["CLASSIFIER", "ErrorTallies", "Meaning", "Record", "classify", "parse", "records", "tally"]
