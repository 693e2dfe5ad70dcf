"""What everything else knows of applications."""

from components.applications.rules import APPLICATION_RULES
from components.settings.program import Program

APPLICATIONS = Program(rules=APPLICATION_RULES)
