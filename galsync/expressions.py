"""What an administrator may write in the settings about a person: templates give a text, conditions say yes or no."""

from galsync.conditions import Condition
from galsync.templates import Template
from galsync.vocabulary import ExpressionError

__all__ = ["Condition", "ExpressionError", "Template"]
