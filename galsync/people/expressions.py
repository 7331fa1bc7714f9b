"""What an administrator may write in the settings about a person: templates give a text, conditions say yes or no."""

from galsync.people.conditions import Condition
from galsync.people.templates import Template
from galsync.people.vocabulary import ExpressionError

__all__ = ["Condition", "ExpressionError", "Template"]
