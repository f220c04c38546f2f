"""nginx's configuration files: lexer, tree, includes."""

from tui502.read.nginx_conf.arguments import first_arguments
from tui502.read.nginx_conf.broken import missing_semicolon
from tui502.read.nginx_conf.includes import load
from tui502.read.nginx_conf.kept import Trees
from tui502.read.nginx_conf.lexer import Token, lex, tokens
from tui502.read.nginx_conf.tree import parse

__all__ = ["Token", "Trees", "first_arguments", "lex", "load", "missing_semicolon", "parse", "tokens"]
