"""nginx's configuration files: lexer, tree, includes."""

from tui502.read.nginx_conf.broken import missing_semicolon
from tui502.read.nginx_conf.includes import load
from tui502.read.nginx_conf.lexer import Token, tokens
from tui502.read.nginx_conf.tree import parse

__all__ = ["Token", "load", "missing_semicolon", "parse", "tokens"]
