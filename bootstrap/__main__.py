"""The program that a person runs once per account: settings in, the account's foundation declared, outputs out."""

import sys
from pathlib import Path

import pulumi

# The engine starts the program in its own folder; the settings' types and sentences stand beside it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bootstrap.account import declare_account
from bootstrap.settings import read_account
from components.settings.report import SettingsError

try:
    settings = read_account(Path(f"Pulumi.{pulumi.get_stack()}.yaml"))
except SettingsError as error:
    raise pulumi.RunError(str(error)) from None
for name, value in declare_account(settings).items():
    pulumi.export(name, value)
